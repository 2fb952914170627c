import { type Call, type Probe, ProbeError } from '#dialects/probe.ts';

const citizens = '/v4/citizenaccess/citizens';

interface Result {
  readonly result: unknown;
}

/** The vendor has no way to lock or to delete a citizen user. */
export const probe: Probe = {
  async create(call, { username, phone, ...rest }) {
    const body = { userName: username, ...rest, ...(phone === undefined ? {} : { cellPhone: phone }) };
    const { result } = await send(call, 'POST', citizens, body);
    return String((result as { id: number }).id);
  },
  async read(call, id) {
    const { result } = await send(call, 'GET', `${citizens}/${id}`);
    return (result as Readonly<Record<string, unknown>>[])[0] ?? {};
  },
  async update(call, id, { username, phone, email }) {
    await send(call, 'PUT', `${citizens}/${id}`, {
      ...(username === undefined ? {} : { loginName: username }),
      ...(phone === undefined ? {} : { mobilePhone: phone }),
      ...(email === undefined ? {} : { email }),
    });
  },
  async echo(call, id) {
    await send(call, 'PUT', `${citizens}/${id}`, await probe.read(call, id));
  },
};

async function send({ origin, token }: Call, method: string, path: string, body?: unknown): Promise<Result> {
  const response = await fetch(origin + path, {
    method,
    headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.status !== 200) throw new ProbeError(response.status, answer);
  return answer as Result;
}
