import type { SetHumanProfileJson, UserJson } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import {
  type Call,
  exchange,
  type Probe,
  ProbeError,
  type ProbeUser,
  phoneSample,
  plainSamples,
  type Samples,
  type Shown,
  type StateStep,
} from '#dialects/probe.ts';

const contacts: Samples = {
  email: plainSamples('email.address', 'mini@mouse.com', 'Mini@Mouse.com', 'daisy@duck.org'),
  phone: [
    phoneSample('+41791234567', '+41791234567'),
    phoneSample('079 123 45 67', '+41791234567'),
    phoneSample('+1 213 373 4253', '+12133734253'),
  ],
  password: plainSamples('password', 'Secr3tP4ssw0rd!', 'An0ther-Password'),
};

/** Drives this dialect over its own wire. */
export const probe: Probe = {
  async create(call, { username, email = `${username}@example.com`, password, ...rest }) {
    const { userId } = await send<{ userId: string }>(call, 'POST', '/v2/users/human', {
      username,
      profile: { givenName: 'Minnie', familyName: 'Mouse' },
      ...contactOf({ ...rest, email }),
      ...(password === undefined ? {} : { password: { password } }),
    });
    return userId;
  },
  creates: contacts,
  needs: ['email'],
  adds: { 'profile.givenName': 'Minnie', 'profile.familyName': 'Mouse', 'profile.displayName': 'Minnie Mouse' },

  read: async (call, id) => ({ ...(await readUser(call, id)) }),
  shows,

  async update(call, id, change) {
    const { username, password } = change;
    const profile = profileOf(change);
    await send(call, 'PUT', `/v2/users/human/${id}`, {
      ...(username === undefined ? {} : { username }),
      ...(profile === undefined ? {} : { profile: { ...(await namesOf(call, id)), ...profile } }),
      ...contactOf(change),
      ...(password === undefined ? {} : { password: { password: { password } } }),
    });
  },
  writes: {
    ...contacts,
    givenName: plainSamples('profile.givenName', 'Minerva', 'Zoë'),
    familyName: plainSamples('profile.familyName', 'Mouse', 'Duck'),
    nickName: plainSamples('profile.nickName', 'Mini', null),
    displayName: plainSamples('profile.displayName', 'Minnie <Mouse> & "Co"', null),
    gender: plainSamples('profile.gender', 'female', 'male', null),
    language: [
      ...plainSamples('profile.language', 'de-CH', 'en', null),
      { sent: 'EN-us', keeps: { 'profile.language': 'en-US' } },
    ],
  },
  verifies: true,
  refuses: [
    { email: 'nobody' },
    { phone: '12' },
    { username: '' },
    { language: 'no tag' },
    { password: 'all lower' },
    { displayName: 'x'.repeat(201) },
  ],
  states: {
    lock: { ...step('lock', { locked: true }), refusedFrom: ({ locked, disabled }) => locked || disabled },
    unlock: { ...step('unlock', { locked: false }), refusedFrom: ({ locked }) => !locked },
    disable: {
      ...step('deactivate', { disabled: true }),
      refusedFrom: ({ disabled, initial }) => disabled || initial,
    },
    enable: { ...step('reactivate', { disabled: false }), refusedFrom: ({ disabled }) => !disabled },
  },

  async delete(call, id) {
    await send(call, 'DELETE', `/v2/users/${id}`);
  },

  async echo(call, id) {
    const { username, human = {} } = await readUser(call, id);
    const { profile, email, phone } = human;
    await send(call, 'PUT', `/v2/users/human/${id}`, { username, profile, email, phone });
  },

  open: async (call, id) => ({ read: () => readUser(call, id), close: () => {} }),
};

function step(action: string, effect: StateStep['effect']): StateStep {
  return {
    effect,
    run: async (call, id) => {
      await send(call, 'POST', `/v2/users/${id}/${action}`, {});
    },
  };
}

const stateNames: Readonly<Record<string, NonNullable<Shown['state']>>> = {
  USER_STATE_ACTIVE: 'active',
  USER_STATE_INACTIVE: 'disabled',
  USER_STATE_INITIAL: 'initial',
  USER_STATE_LOCKED: 'locked',
};

function shows(read: UserJson): Shown {
  const { username = '', human: { profile = {}, email = {}, phone = {}, passwordChanged } = {}, details = {} } = read;
  const {
    givenName = null,
    familyName = null,
    nickName = null,
    displayName = null,
    preferredLanguage = null,
  } = profile;
  const state = stateNames[read.state ?? ''];
  return {
    username,
    loginName: read.preferredLoginName ?? '',
    givenName,
    familyName,
    nickName,
    displayName,
    language: preferredLanguage,
    gender: profile.gender?.replace('GENDER_', '').toLowerCase() ?? null,
    email: email.email ?? null,
    emailVerified: email.isVerified === true,
    phone: phone.phone ?? null,
    phoneVerified: phone.isVerified === true,
    ...(state === undefined ? {} : { state }),
    passwordSetAt: instant(passwordChanged),
    version: Number(details.sequence),
    createdAt: instant(details.creationDate) ?? '',
    changedAt: instant(details.changeDate) ?? '',
  };
}

/** With the milliseconds that proto3 JSON leaves out. */
function instant(timestamp: string | undefined): string | null {
  return timestamp === undefined ? null : new Date(timestamp).toISOString();
}

function contactOf({ email, emailVerified, phone, phoneVerified }: Partial<ProbeUser>): object {
  return {
    ...(email === undefined ? {} : { email: { email, ...(emailVerified ? { isVerified: true } : {}) } }),
    ...(phone === undefined ? {} : { phone: { phone, ...(phoneVerified ? { isVerified: true } : {}) } }),
  };
}

/** Empty clears, on this wire. */
function profileOf(change: Partial<ProbeUser>): SetHumanProfileJson | undefined {
  const { givenName, familyName, nickName, displayName, gender, language } = change;
  const said = Object.entries({ givenName, familyName, nickName, displayName, preferredLanguage: language })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, value ?? '']);
  if (gender !== undefined) said.push(['gender', `GENDER_${gender?.toUpperCase() ?? 'UNSPECIFIED'}`]);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** Both names stand in every profile. */
async function namesOf(call: Call, id: string): Promise<SetHumanProfileJson> {
  const { givenName = '', familyName = '' } = (await readUser(call, id)).human?.profile ?? {};
  return { givenName, familyName };
}

async function readUser(call: Call, id: string): Promise<UserJson> {
  return (await send<{ user: UserJson }>(call, 'GET', `/v2/users/${id}`)).user;
}

async function send<Body>(call: Call, method: string, path: string, body?: object): Promise<Body> {
  const { status, text } = await exchange(call, {
    method,
    path,
    headers: { authorization: `Bearer ${call.token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = JSON.parse(text) as Body;
  if (status !== 200) throw new ProbeError(status, answer);
  return answer;
}
