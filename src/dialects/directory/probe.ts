import type { JsonObject } from '#core/json.ts';
import {
  type Call,
  exchange,
  type Kept,
  type Probe,
  ProbeError,
  type ProbeUser,
  phoneSample,
  plainSamples,
  type Sample,
  type Samples,
} from '#dialects/probe.ts';

const contacts: Samples = {
  email: plainSamples('email.address', 'mini@mouse.com', 'Mini@Mouse.com', 'donald@duck.org', null),
  phone: [
    phoneSample('+41791234567', '+41791234567'),
    phoneSample('(213) 373-4253', '+12133734253'),
    phoneSample('tel. +41 79 123 45 67'),
    phoneSample('079 123 45 67'),
    phoneSample(null),
  ],
  password: plainSamples('password', 'a directory password', 'another password'),
};
const names: Samples = {
  givenName: plainSamples('profile.givenName', 'Minnie', 'Zoë', null),
  familyName: plainSamples('profile.familyName', 'Mouse', null),
  displayName: plainSamples('profile.displayName', 'Minnie <Mouse> & "Co"', null),
};

/** Drives the directory's own API over HTTP. */
export const probe: Probe = {
  create: async (call, user) => String((await send(call, 'POST', '', bodyOf(user)))['id']),
  creates: { ...contacts, ...names, state: [{ sent: 'initial', keeps: { lifecycle: 'initial' } }] },
  read: (call, id) => send(call, 'GET', `/${id}`),
  shows,
  update: async (call, id, change) => {
    await send(call, 'PATCH', `/${id}`, bodyOf(change));
  },
  writes: {
    ...contacts,
    ...names,
    nickName: plainSamples('profile.nickName', 'Mini', null),
    gender: plainSamples('profile.gender', 'female', 'diverse', null),
    language: [...plainSamples('profile.language', 'de-CH', 'en', null), spelled('profile.language', 'EN-us', 'en-US')],
    timeZone: [
      ...plainSamples('profile.timeZone', 'Europe/Zurich', 'Europe/Berlin', 'UTC', null),
      spelled('profile.timeZone', 'asia/tokyo', 'Asia/Tokyo'),
    ],
    acceptsTextMessages: plainSamples('acceptsTextMessages', true, false, null),
    data: [
      merging({ theme: 'dark' }),
      merging({ theme: null, n: 1 }),
      merging({ nested: { a: [1, null] } }),
      ...plainSamples('data', null),
    ],
    own: [
      { sent: { devicehive: { introReviewed: true } }, keeps: { 'extensions.devicehive.introReviewed': true } },
      { sent: { accela: { role: 'AUTH_AGENT' } }, keeps: { 'extensions.accela.role': 'AUTH_AGENT' } },
      { sent: { accela: { role: null } }, keeps: { 'extensions.accela.role': null } },
    ],
    administers: [
      ...plainSamples('administers', ['devicehive'], ['accela', 'devicehive', 'twosms']),
      { sent: [], keeps: { administers: null } },
    ],
    registeredAt: plainSamples('registeredAt', '2015-02-09T16:23:58.000Z', '2024-03-10T02:30:00.000Z'),
  },
  verifies: true,
  writesLoginNames: true,
  refuses: [
    { language: 'no tag' },
    { gender: 'mouse' },
    { email: 'nobody' },
    { timeZone: 'Nowhere/City' },
    { password: 'short' },
    { administers: ['nowhere'] },
    { username: 'x'.repeat(201) },
  ],
  states: {
    lock: { run: (call, id) => patch(call, id, { state: 'locked' }), effect: { locked: true } },
    unlock: { run: (call, id) => patch(call, id, { lockedAt: null }), effect: { locked: false } },
    disable: { run: (call, id) => patch(call, id, { state: 'disabled' }), effect: { disabled: true } },
    enable: { run: (call, id) => patch(call, id, { disabledAt: null }), effect: { disabled: false } },
    activate: {
      run: (call, id) => patch(call, id, { state: 'active' }),
      effect: { locked: false, disabled: false, activates: true },
    },
  },
  delete: async (call, id) => {
    await send(call, 'DELETE', `/${id}`);
  },
  echo: async (call, id) => {
    await send(call, 'PATCH', `/${id}`, await send(call, 'GET', `/${id}`));
  },
  open: async (call, id) => ({ read: () => probe.read(call, id), close: () => {} }),
};

/** A merge patch of `data`, flat: null takes a member away. */
function merging(sent: JsonObject): Sample {
  const merged = ({ data }: Kept) => Object.entries({ ...(data as JsonObject | undefined), ...sent });
  return {
    sent,
    keeps: (present) => ({ data: Object.fromEntries(merged(present).filter(([, value]) => value !== null)) }),
  };
}

function spelled(path: string, sent: string, kept: string): Sample {
  return { sent, keeps: { [path]: kept } };
}

// biome-ignore lint/suspicious/noExplicitAny: a read has whatever the wire shows.
function shows(read: Readonly<Record<string, any>>): ReturnType<Probe['shows']> {
  const { profile = {}, email = {}, phone = {}, administers, state, version, username } = read;
  return {
    username,
    loginNames: read['loginNames'],
    email: email.address ?? null,
    emailVerified: email.verifiedAt !== undefined,
    phone: phone.number ?? phone.entered ?? null,
    phoneEntered: phone.entered ?? null,
    phoneVerified: phone.verifiedAt !== undefined,
    givenName: profile.givenName ?? null,
    familyName: profile.familyName ?? null,
    nickName: profile.nickName ?? null,
    displayName: profile.displayName ?? null,
    gender: profile.gender ?? null,
    language: profile.language ?? null,
    timeZone: profile.timeZone ?? null,
    acceptsTextMessages: read['acceptsTextMessages'] ?? null,
    data: read['data'] ?? null,
    administeredDialects: administers,
    state,
    lockedAt: read['lockedAt'] ?? null,
    disabledAt: read['disabledAt'] ?? null,
    registeredAt: read['registeredAt'],
    extensions: read['extensions'] ?? {},
    version,
    createdAt: read['createdAt'],
    changedAt: read['changedAt'],
  };
}

const profileMembers = ['givenName', 'familyName', 'nickName', 'displayName', 'gender', 'language', 'timeZone'];
const plainMembers = [
  'username',
  'password',
  'acceptsTextMessages',
  'data',
  'administers',
  'registeredAt',
  'loginNames',
  'state',
];

function bodyOf(user: Partial<ProbeUser>): JsonObject {
  const { email, emailVerified, phone, phoneVerified } = user;
  const profile = picked(user, profileMembers);
  return {
    ...picked(user, plainMembers),
    ...(Object.keys(profile).length === 0 ? {} : { profile }),
    ...(user.own === undefined ? {} : { extensions: user.own }),
    ...(email === undefined ? {} : { email: email && { address: email, ...verified(emailVerified) } }),
    ...(phone === undefined ? {} : { phone: phone && { entered: phone, ...verified(phoneVerified) } }),
  };
}

function picked(user: Partial<ProbeUser>, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([name]) => names.includes(name))) as JsonObject;
}

function verified(said: true | undefined): JsonObject {
  return said ? { verified: true } : {};
}

async function patch(call: Call, id: string, body: JsonObject): Promise<void> {
  await send(call, 'PATCH', `/${id}`, body);
}

async function send(call: Call, method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  const { status, text } = await exchange(call, {
    method,
    path: `/directory/v1/users${path}`,
    headers: { authorization: `Bearer ${call.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body && JSON.stringify(body),
  });
  const content = text === '' ? {} : JSON.parse(text);
  if (status >= 300) throw new ProbeError(status, content);
  return content;
}
