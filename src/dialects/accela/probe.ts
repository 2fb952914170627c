import { type Call, exchange, type Probe, ProbeError, phoneSample, plainSamples, type Shown } from '#dialects/probe.ts';
import type { Citizen } from './encode.ts';

const citizens = '/v4/citizenaccess/citizens';

interface Result {
  readonly result: unknown;
}

const emails = plainSamples('email.address', 'mini@mouse.com', 'Mini@Mouse.com', 'gus@goose.net', null);
const phones = [
  phoneSample('+41 791234567', '+41791234567', '+41791234567'),
  phoneSample('+1 (213) 373-4253', '+12133734253', '(213) 373-4253'),
  // Ten digits under 1 that nobody can have.
  phoneSample('+1 555-123-4567', null, '5551234567'),
  phoneSample(null),
];

/** The vendor has no way to lock or to delete a citizen user. */
export const probe: Probe = {
  async create(call, { username, phone, email, password }) {
    const body = { userName: username, email, password, ...phoneOf('cellPhone', phone) };
    const { result } = await send(call, 'POST', citizens, body);
    return String((result as { id: number }).id);
  },
  creates: { email: emails, phone: phones, password: plainSamples('password', 'a citizen password') },
  async read(call, id) {
    const { result } = await send(call, 'GET', `${citizens}/${id}`);
    return (result as Readonly<Record<string, unknown>>[])[0] ?? {};
  },
  shows: (read) => shows(read as Citizen),
  async update(call, id, { username, phone, email, acceptsTextMessages, registeredAt, own }) {
    await send(call, 'PUT', `${citizens}/${id}`, {
      loginName: username,
      email,
      ...phoneOf('mobilePhone', phone),
      receiveSMS: acceptsTextMessages === null ? null : yesOrNo(acceptsTextMessages),
      registerDate: registeredAt?.slice(0, 19).replace('T', ' '),
      ...own,
    });
  },
  writes: {
    email: emails,
    phone: phones,
    own: ['CITIZEN', 'AUTH_AGENT', null].map((role) => ({ sent: { role }, keeps: { 'extensions.accela.role': role } })),
    acceptsTextMessages: plainSamples('acceptsTextMessages', true, false, null),
    registeredAt: plainSamples('registeredAt', '2015-02-09T16:23:58.000Z', '2020-02-29T00:00:00.000Z'),
  },
  refuses: [
    { email: 'nobody' },
    { phone: '+41 12' },
    { username: 'x'.repeat(201) },
    { registeredAt: '2015-02-30T00:00:00' },
  ],
  states: {},
  async echo(call, id) {
    await send(call, 'PUT', `${citizens}/${id}`, await probe.read(call, id));
  },
  open: async (call, id) => ({ read: () => probe.read(call, id), close: () => {} }),
};

/** A number with its country code in front, and a blank between, goes out as two members. */
function phoneOf(member: string, phone: string | null | undefined): object {
  const [, mobilePhoneCountryCode, national = phone] = /^\+(\d{1,3}) (.*)$/.exec(phone ?? '') ?? [];
  return { [member]: national, mobilePhoneCountryCode };
}

function yesOrNo(flag: boolean | undefined): 'Y' | 'N' | undefined {
  if (flag === undefined) return undefined;
  return flag ? 'Y' : 'N';
}

/** The first realm's clock shows UTC. */
function shows({
  loginName,
  email,
  mobilePhone,
  mobilePhoneCountryCode: code,
  receiveSMS,
  registerDate,
  role,
}: Citizen): Shown {
  return {
    loginName,
    email: email ?? null,
    phone: code === undefined ? (mobilePhone ?? null) : `+${code}${mobilePhone}`,
    acceptsTextMessages: receiveSMS === undefined ? null : receiveSMS === 'Y',
    own: role === undefined ? {} : { role },
    registeredAt: `${registerDate.replace(' ', 'T')}.000Z`,
  };
}

async function send(call: Call, method: string, path: string, body?: object): Promise<Result> {
  const { status, text } = await exchange(call, {
    method,
    path,
    headers: {
      authorization: call.token,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  const answer: unknown = JSON.parse(text);
  if (status !== 200) throw new ProbeError(status, answer);
  return answer as Result;
}
