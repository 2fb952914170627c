import type { Json } from '#core/json.ts';
import {
  type Call,
  exchange,
  grantSamples,
  type Probe,
  ProbeError,
  phoneSample,
  plainSamples,
  type Sample,
  type Shown,
} from '#dialects/probe.ts';
import { languageIdOf, languages } from './languages.ts';
import type { ShownUser } from './model.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Drives this dialect over its own wire. The portal's API creates, locks and deletes no users. An echo goes out as XML
 * and comes back as XML, the format that differs most from the others.
 */
export const probe: Probe = {
  read: async (call, id) => JSON.parse(await send(call, id, 'application/json')).ResponseData.Detail,
  shows: (read) => shows(read as ShownUser),

  update: async (call, id, change) => {
    const { username, email, phone, password, displayName, language, timeZone, administers, own } = change;
    await write(call, id, {
      Username: username,
      EmailAddress: email,
      MobilePhone: phone,
      Password: password,
      DisplayName: displayName,
      LanguageID: language && languageIdOf(language),
      TimeZone: timeZone,
      AdminUser: administers,
      ...own,
    });
  },
  writes: {
    email: plainSamples('email.address', 'mini@mouse.com', 'Mini@Mouse.com', 'pete@cat.com'),
    phone: [
      phoneSample('+41 79 123 45 67', '+41791234567'),
      phoneSample('+41791234567', '+41791234567'),
      phoneSample('(213) 373-4253', '+12133734253'),
      phoneSample('123456'),
    ],
    password: plainSamples('password', 'a portal password', 'eight888'),
    displayName: plainSamples('profile.displayName', 'Minnie Mouse', 'Minnie <Mouse> & "Co"', 'Zoë'),
    language: plainSamples('profile.language', 'en', 'de-CH', 'fr'),
    timeZone: [
      zoneSample('UTC'),
      zoneSample('Europe/Zurich'),
      zoneSample('W. Europe Standard Time', 'Europe/Berlin'),
      zoneSample('Europe/Berlin'),
    ],
    administers: grantSamples('twosms'),
    own: [
      ...ownSamples('SSOEnabled', 'ssoEnabled', true, false),
      ...ownSamples('Preferences', 'preferences', 5, 'Sounds'),
      { sent: { Preferences: 0 }, keeps: { 'extensions.twosms.preferences': null } },
    ],
  },
  refuses: [
    { email: 'nobody' },
    { phone: 'call me' },
    { timeZone: 'Nowhere/City' },
    { password: 'short' },
    { language: 'tlh' },
    { username: 'x'.repeat(201) },
  ],
  states: {
    disable: { run: (call, id) => write(call, id, { Enabled: false }), effect: { disabled: true } },
    enable: { run: (call, id) => write(call, id, { Enabled: true }), effect: { disabled: false } },
  },

  echo: async (call, id) => {
    const shown = await send(call, id, 'text/xml');
    const [, detail = ''] = /<Detail>(.*)<\/Detail>/s.exec(shown) ?? [];
    const body = `<User xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${detail}</User>`;
    await send(call, id, 'text/xml', body);
  },

  open: async (call, id) => ({ read: () => probe.read(call, id), close: () => {} }),
};

function ownSamples(member: string, path: string, ...values: readonly Json[]): Sample[] {
  return values.map((sent) => ({ sent: { [member]: sent }, keeps: { [`extensions.twosms.${path}`]: sent } }));
}

/** Windows' name of a zone is kept beside the zone that it means. */
function zoneSample(sent: string, zone = sent): Sample {
  const entered = zone === sent ? null : sent;
  return { sent, keeps: { 'profile.timeZone': zone, 'extensions.twosms.timeZoneEntered': entered } };
}

function shows(read: ShownUser): Shown {
  const text = (name: keyof ShownUser) => read[name] as string | null;
  return {
    loginName: text('Username') ?? '',
    email: text('EmailAddress'),
    phoneInPattern: text('MobilePhone'),
    displayName: text('DisplayName'),
    languageOrDefault: languages().find(({ id }) => id === read.LanguageID)?.tag ?? '',
    timeZoneOrDefault: text('TimeZone') ?? '',
    administers: read.AdminUser === true,
    disabled: read.Enabled !== true,
    own: {
      ...(read.SSOEnabled ? { ssoEnabled: true } : {}),
      ...(read.Preferences === 0 ? {} : { preferences: read.Preferences }),
    },
    createdAt: instant(text('DateCreated')),
    changedAt: instant(text('DateModified')),
  };
}

function instant(date: string | null): string {
  return new Date(date ?? '').toISOString();
}

/** Every member that is shown stands in the body, as the vendor's clients send it. */
async function write(call: Call, id: string, change: Members): Promise<void> {
  const body = { ...(await probe.read(call, id)), ...JSON.parse(JSON.stringify(change)) };
  await send(call, id, 'application/json', JSON.stringify(body));
}

/** Reads the user, or with a body updates it; answers the body of a success. */
async function send(call: Call, id: string, type: string, body?: string): Promise<string> {
  const { status, text } = await exchange(call, {
    method: body === undefined ? 'GET' : 'PUT',
    path: `/api/v1/admin/users/${id}`,
    headers: { authorization: `Bearer ${call.token}`, accept: type, 'content-type': type },
    body,
  });
  if (status !== 200) throw new ProbeError(status, text);
  return text;
}
