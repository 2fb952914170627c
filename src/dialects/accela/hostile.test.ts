import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '#core/user.ts';
import { openApp, openOtherAgency, withPassword } from './oauth/test-app.ts';
import { type AccelaServer, citizens, startAccela } from './start-accela.ts';
import {
  type Case,
  dtd,
  type Hostile,
  mebibyte,
  nested,
  notText,
  refuseEach,
  send,
  shapeOfApi,
  standing,
  typed,
  unseen,
} from './test-hostile.ts';

// What nobody should send to the API, and what is said to it: in the vendor's shape, with nothing changed.

let server: AccelaServer;
let target: User;
before(async () => {
  server = await startAccela();
  target = await server.create({
    patch: { username: 'target', acceptsTextMessages: true, 'extensions.accela.role': 'CITIZEN' },
    email: { address: 'mini@mouse.com' },
    phone: { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' },
    securityQuestions: [{ question: 'First pet?', order: '1', answer: 'Rex' }],
  });
  await server.create({ patch: { username: 'Straße', 'loginNames.devicehive': 'taken elsewhere' } });
});
after(() => server.close());

/** To the target itself, unless it says where. */
type Sent = Omit<Hostile, 'path'> & { readonly path?: string };
type Row = readonly [what: string, sent: Sent, status: number, error: string, more?: string];
const at = (sent: Sent): Hostile => ({ path: `${citizens}/${target.ids['accela']}`, ...sent });
const refused = (rows: readonly Row[]) => {
  const cases = rows.map(([what, sent, ...answer]): Case => [what, at(sent), ...answer]);
  return refuseEach(server, target, cases, shapeOfApi);
};

/** A member of the body is wrong, and named. */
const wrong = (what: string, sent: Sent, named: string): Row => [what, sent, 400, 'data_validation_error', named];
const malformed = (what: string, sent: Sent): Row => [what, sent, 400, 'bad_request'];
const alien = (what: string, body: string, type: string): Row => [
  what,
  { body, ...typed(type) },
  415,
  'bad_request',
  'Content-Type',
];
const registering = (body: unknown): Sent => ({ method: 'POST', path: citizens, body });
/** Each value, sent as one member of an update. */
const invalid = (member: string, values: readonly unknown[], named = member): Row[] =>
  values.map((value) => wrong(labelOf(member, value), { body: { [member]: value } }, named));
/** The same of a registration. */
const unregistered = (member: string, values: readonly unknown[], named = member): Row[] =>
  values.map((value) => {
    const body = { userName: 'never', [member]: value };
    return wrong(labelOf(member, value), registering(body), named);
  });
const labelOf = (member: string, value: unknown) => `${member}: ${JSON.stringify(value)?.slice(0, 60)}`;

test('a body that is no JSON object', () =>
  refused([
    ...['{', '{"email":}', "{'email':'x'}", '{"email":"a@b.c"', '{"email":"a@b.c",}'].map((body) =>
      malformed(body, { body }),
    ),
    ...['[]', '[{}]', '"x"', 'null', '1', ' ', ''].map((body) => malformed(`"${body}"`, { body })),
    malformed('none', {}),
    malformed('XML as JSON', { body: dtd }),
    malformed('bytes that are no UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]) }),
    malformed('UTF-16', { body: Buffer.from('{}', 'utf16le') }),
    malformed('33 levels', { body: nested(33) }),
    malformed('half a million levels', { body: '['.repeat(500_000) }),
    ['over 1 MiB', { body: { email: 'x'.repeat(mebibyte) } }, 413, 'bad_request'],
    ['over 1 MiB of nothing', { body: ' '.repeat(mebibyte + 1) }, 413, 'bad_request'],
    alien('XML with a DTD', dtd, 'application/xml'),
    alien('text', '{}', 'text/plain'),
    alien('a form', 'receiveSMS=N', 'application/x-www-form-urlencoded'),
    ['a type that is none', { body: '{}', ...typed('nonsense') }, 415, 'bad_request'],
  ]));

const noEmails = ['', 'x', 'a@', '@b.c', 'a b@c.d', 'a@b@c.d', 'a@b.c\u0000', 'a@b.c\n', 'a@b\u202e.c', '\ud800@b.c'];
const noPhones = ['', '1', '12345678901', '+19255518131', '92555181e1', '\u0000', '925551813\u0661', '9255518131,1'];
const noCodes = ['0', '01', '1234', 'US', '999', '-', '\u0000'];
const noDates = [
  '',
  'yesterday',
  '2015-02-30',
  '2015-02-09 25:00:00',
  '0000-00-00',
  '2015-02-09 16:23:58 Europe/Zurich',
];
const farDates = ['2015-02-09T16:23:58+99:00', '+275760-09-13', '-000001-01-01', '2015-02-09T16:23:58\u0000'];
const long = 'x'.repeat(500);

test('a member of a wrong type, over its limit, or with what it may not hold', () =>
  refused([
    ...invalid('email', [...notText, ...noEmails, 'a@-b.c', 'a@b..c', `${long}@b.c`]),
    ...invalid('loginName', [...notText, null, '', ' ', 'x'.repeat(201), ...unseen]),
    ...invalid('mobilePhone', [...notText, ...noPhones, long]),
    ...invalid('mobilePhoneCountryCode', [...notText, ...noCodes, long]),
    ...invalid('cellPhone', notText),
    ...invalid('cellPhone', ['1', long], 'mobilePhone'),
    ...invalid('receiveSMS', [...notText, '', 'y', 'Yes', 'YN', '\u0000', long]),
    ...invalid('registerDate', [...notText, null, ...noDates, ...farDates, long]),
    ...invalid('role', [...notText, '', 'KING', 'citizen', 'CITIZEN ', '__proto__', 'constructor', long]),
    ...invalid('questions', [0, 'x', true, {}, { length: 1 }, [0], ['x'], [null], [[]]]),
    ...invalid('id', [true, [], {}, '', 'x', -1, 0, 1.5, 2 ** 53, '01', '__proto__']),
    wrong('id: its own, in a list', { body: { id: [Number(target.ids['accela'])] } }, 'id'),
  ]));

const asked = (...questions: object[]): Sent => ({ body: { questions } });

test('questions that are none, too long, too many, asked twice, or hold what they may not', () =>
  refused([
    ...[{}, { question: null }, { question: 1 }, { question: '' }].map((entry) =>
      wrong(JSON.stringify(entry), asked(entry), 'question'),
    ),
    ...[1, {}, []].map((order) => wrong(labelOf('order', order), asked({ question: 'A?', order }), 'order')),
    ...[1, {}, ''].map((answer) => wrong(labelOf('answer', answer), asked({ question: 'A?', answer }), 'answer')),
    ...['x'.repeat(201), ' ', 'a\u0000b', '\ud800', 'a\u202eb'].map((question) =>
      wrong(labelOf('question', question), asked({ question }), 'questions.question'),
    ),
    ...['x'.repeat(201), ' ', '******'].map((answer) =>
      wrong(labelOf('answer', answer), asked({ question: 'A?', answer }), 'questions.answer'),
    ),
    wrong('a long order', asked({ question: 'A?', order: 'x'.repeat(21) }), 'questions.order'),
    wrong('21 of them', asked(...Array.from({ length: 21 }, (_, n) => ({ question: `${n}?` }))), 'questions'),
    wrong('one twice', asked({ question: 'é?' }, { question: 'e\u0301?' }), 'questions'),
  ]));

test('half a valid update is none', () =>
  refused([
    wrong('the last member', { body: { email: 'new@mouse.com', receiveSMS: 'N', role: 'KING' } }, 'role'),
    wrong('the first member', { body: { id: 1, email: 'new@mouse.com' } }, 'id'),
    wrong('one of two questions', asked({ question: 'A?', answer: 'b' }, {}), 'question'),
    wrong('a taken name', { body: { email: 'new@mouse.com', loginName: 'admin' } }, 'loginName'),
    wrong('an option', { body: { receiveSMS: 'N' }, headers: { 'muster-dry-run': 'yes' } }, 'Muster-Dry-Run'),
    ['a stale version', { body: { receiveSMS: 'N' }, headers: { 'if-match': '"7"' } }, 412, 'precondition_failed'],
  ]));

const taken = [
  'Straße',
  'STRASSE',
  'strasse',
  'Ｓｔｒａße',
  'ADMIN',
  'ａｄｍｉｎ',
  'taken elsewhere',
  'Taken Elsewhere',
];

test('a name that somebody has, in another case and another Unicode form too', () =>
  refused([
    ...invalid('loginName', taken),
    ...taken.map((name) => wrong(name, registering({ userName: name }), 'userName')),
  ]));

test('a registration that cannot be', () =>
  refused([
    malformed('a list', registering('[]')),
    malformed('nothing', registering(undefined)),
    malformed('33 levels', registering(nested(33))),
    ['over 1 MiB', registering({ userName: 'x'.repeat(mebibyte) }), 413, 'bad_request'],
    ['XML', { ...registering(dtd), ...typed('text/xml') }, 415, 'bad_request', 'Content-Type'],
    wrong('no name', registering({}), 'userName'),
    ...unregistered('userName', [...notText, null, '', ' ', 'x'.repeat(201), ...unseen]),
    ...unregistered('email', [...notText, ...noEmails.slice(1)]),
    ...unregistered('password', [...notText, '', '1234567', 'x'.repeat(201)]),
    ...unregistered('cellPhone', notText),
    ...unregistered('cellPhone', ['1', '\u0000', long], 'mobilePhone'),
    ...unregistered('receiveSMS', [...notText, 'y']),
    ...unregistered('role', [...notText, 'KING', 'constructor']),
    ...unregistered('questions', [0, 'x', {}, [0]]),
  ]));

const shortIds = ['999999', '0', '-1', '1.5', '1e3', '0x2', '__proto__', 'constructor', "1'--", '2%2F..', '%20'];
const noIds = [...shortIds, '%00', '%zz', '%ff', '%F0%9F%90%AD', String(2 ** 53), '9'.repeat(400), 'x'.repeat(8_000)];

test('an id that nobody has, or that is none', () =>
  refused(
    noIds.flatMap((id): Row[] => [
      [`PUT ${id.slice(0, 60)}`, { path: `${citizens}/${id}`, body: { email: null } }, 404, 'resource_not_found'],
      [`GET ${id.slice(0, 60)}`, { method: 'GET', path: `${citizens}/${id}` }, 404, 'resource_not_found'],
      [`GET 1,${id.slice(0, 60)}`, { method: 'GET', path: `${citizens}/1,${id}` }, 404, 'resource_not_found'],
    ]),
  ));

const noNumbers = ['-1', '1.5', '1e3', 'x', '%00', '%zz', '9007199254740992', '9'.repeat(400), 'null', '[1]'];

test('a page that cannot be', () =>
  refused(
    ['limit', 'offset'].flatMap((name) =>
      noNumbers.map((value) => {
        const query = `${name}=${value}`;
        return wrong(query, { method: 'GET', path: `${citizens}?${query}` }, name);
      }),
    ),
  ));

test('a caller who is nobody, or may not', async () => {
  const clerk = await server.create({ ...withPassword, administers: { accela: true } });
  const realm = await openOtherAgency(server);
  const stranger = await server.create({ ...withPassword, realm, administers: { accela: true } });
  const [app, other] = [await openApp(server), await openApp(server, 'other', realm, 'OTHER')];
  const { access_token: whole, refresh_token: refresh } = await app.signIn(clerk);
  const { access_token: narrow } = await app.signIn(clerk, { scope: 'records get_citizenaccess_citizens' });
  const { access_token: foreign } = await other.signIn(stranger);
  const citizen = await server.tokenOf(await server.create());
  const expired = await server.tokenOf(clerk, { expiresAt: server.clock.now() });
  const devicehive = await server.tokenOf(clerk, { dialect: 'devicehive' });
  const body = { email: 'new@mouse.com' };
  const appId = { headers: { 'x-accela-appid': '635' } };
  await refused([
    malformed('nothing', { token: null, body }),
    ['an app alone', { token: null, body, ...appId }, 401, 'no_token'],
    ['a blank token', { token: ' ', body, ...appId }, 401, 'no_token'],
    ['a wrong one', { token: 'wrong', body }, 401, 'invalid_token'],
    ['a wrong one, before a malformed body', { token: 'wrong', body: '{' }, 401, 'invalid_token'],
    ['a long one', { token: 'x'.repeat(8_000), body }, 401, 'invalid_token'],
    ['a refresh token', { token: refresh, body }, 401, 'invalid_token'],
    ['one of another dialect', { token: devicehive, body }, 401, 'invalid_token'],
    ['one whose time is over', { token: expired, body }, 401, 'token_expired'],
    ['one of another realm', { token: foreign, body }, 404, 'resource_not_found'],
    ['one of another citizen', { token: citizen, body }, 403, 'forbidden'],
    ['one without the scope', { token: narrow, body }, 403, 'forbidden'],
    ['another agency', { token: whole, body, headers: { 'x-accela-agency': 'OTHER' } }, 401, 'invalid_token'],
    ['another environment', { token: whole, body, headers: { 'x-accela-environment': 'X' } }, 401, 'invalid_token'],
    ['a citizen that registers', { ...registering({ userName: 'never' }), token: citizen }, 403, 'forbidden'],
  ]);
});

test('what the vendor’s servers let pass is let pass, and changes nothing', async () => {
  const unchanged = await standing(server, target);
  const lenient: readonly (readonly [what: string, sent: Sent])[] = [
    ['keys that are more elsewhere', { body: '{"__proto__":{"email":"x@y.z"},"constructor":{"role":"KING"}}' }],
    ['members that nobody knows', { body: { toString: 1, data: { a: [] }, lang: null, timeZone: 'Mars/Olympus' } }],
    ['a code with a hyphen, which is taken out', { body: { mobilePhoneCountryCode: '-1' } }],
    ['a member twice, of which the last counts', { body: '{"receiveSMS":"maybe","receiveSMS":"Y"}' }],
    ['32 levels', { body: nested(32) }],
    ['an unknown language', { method: 'GET', path: `${citizens}?lang=%00%zz&lang=xx_YY` }],
    ['fields that nobody knows', { method: 'GET', path: `${citizens}?fields=__proto__,constructor,%00` }],
    ['a name that nobody can have', { method: 'GET', path: `${citizens}?loginName=%00${'x'.repeat(5_000)}` }],
  ];
  for (const [what, sent] of lenient) {
    assert.equal((await send(server, at(sent))).status, 200, what);
    assert.deepEqual(await standing(server, target), unchanged, what);
  }
});

test('of two updates that race for one version, and of two users for one name, one wins', async () => {
  const [one, other] = [await server.create(), await server.create()];
  const put = (user: User, body: object, more = {}) =>
    send(server, { path: `${citizens}/${user.ids['accela']}`, body, ...more });
  const statuses = async (racing: ReturnType<typeof send>[]) =>
    (await Promise.all(racing)).map(({ status }) => status).sort();
  const version = { headers: { 'if-match': '"1"' } };
  const versioned = ['a@b.ch', 'c@d.ch'].map((email) => put(one, { email }, version));
  assert.deepEqual(await statuses(versioned), [200, 412]);
  assert.equal((await server.present(one)).version, 2);
  const named = [put(one, { loginName: 'Größe' }), put(other, { loginName: 'GRÖSSE' })];
  assert.deepEqual(await statuses(named), [200, 400]);
  const registered = ['Füße', 'füsse'].map((userName) => send(server, at(registering({ userName }))));
  assert.deepEqual(await statuses(registered), [200, 400]);
});
