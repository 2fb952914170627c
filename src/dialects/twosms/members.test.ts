import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { languageIdOf } from './languages.ts';
import { idOf, openPortal, type Portal, wholeUser, xmlOf } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

test('Pin: absent keeps, the mask keeps, null is random again, anything else is fixed', async () => {
  const { user, sent } = await wholeUser(portal, { Pin: '0815' });
  const { Pin: _, ...without } = sent;
  const fixed = async () => (await portal.read(user)).fields['pin.setAt'] !== undefined;
  const nil = '<Pin xsi:nil="true"/>';
  const xml = (pin: string) => xmlOf(without, pin);
  const form = String(new URLSearchParams(without as Record<string, string>));
  for (const [type, keeps, clears] of [
    ['application/json', without, { ...without, Pin: null }],
    ['application/json', { ...without, Pin: '******' }, { ...without, Pin: '' }],
    ['text/xml', xml(''), xml(nil)],
    ['text/xml', xml('<Pin>******</Pin>'), xml('<Pin/>')],
    ['application/x-www-form-urlencoded', form, `${form}&Pin=`],
  ] as const) {
    await portal.change(user, { pin: '0815' });
    assert.equal((await portal.put(idOf(user), keeps, { type })).status, 200);
    assert.equal(await fixed(), true, `${type} keeps`);
    const answer = await portal.put(idOf(user), clears, { type, accept: 'text/json' });
    assert.equal(answer.json.ResponseData.Detail.Pin, null);
    assert.equal(await fixed(), false, `${type} clears`);
  }
  const answer = await portal.put(idOf(user), { ...without, Pin: '******' });
  assert.equal(answer.json.ResponseData.Detail.Pin, null);
});

test('Password: null, empty or absent keeps, else 8 to 200 characters of any kind', async () => {
  const { user, sent } = await wholeUser(portal);
  const setAt = async () => (await portal.read(user)).fields['password.setAt'];
  for (const more of [{}, { Password: null }, { Password: '' }]) {
    assert.equal((await portal.put(idOf(user), { ...sent, ...more })).status, 200);
    assert.equal(await setAt(), undefined);
  }
  assert.equal((await portal.put(idOf(user), { ...sent, Password: 'x'.repeat(201) })).status, 400);
  assert.equal((await portal.put(idOf(user), { ...sent, Password: 'ééééééé' })).status, 400);
  for (const Password of ['aaaaaaaa', 'x'.repeat(200)]) {
    assert.equal((await portal.put(idOf(user), { ...sent, Password })).status, 200);
    assert.ok(await setAt());
  }
});

test('Enabled speaks of disabling alone: true never unlocks, false keeps a lock', async () => {
  const { user, sent } = await wholeUser(portal);
  await portal.change(user, { state: { locked: true } });
  await portal.put(idOf(user), { ...sent, Enabled: false });
  let { fields } = await portal.read(user);
  assert.ok(fields.lockedAt && fields.disabledAt);
  const answer = await portal.put(idOf(user), { ...sent, Enabled: true });
  assert.equal(answer.json.ResponseData.Detail.Enabled, true);
  fields = (await portal.read(user)).fields;
  assert.ok(fields.lockedAt);
  assert.equal(fields.disabledAt, undefined);
});

test('AdminUser grants and takes away the administration of 2sms and nothing else; absent keeps', async () => {
  const { user, sent } = await wholeUser(portal, { AdminUser: true });
  await portal.change(user, { administers: { accela: true } });
  const administers = async () => (await portal.read(user)).fields.administers;
  const { AdminUser: _, ...without } = sent;
  await portal.put(idOf(user), without);
  assert.deepEqual(await administers(), ['accela', 'twosms']);
  await portal.put(idOf(user), { ...sent, AdminUser: false });
  assert.deepEqual(await administers(), ['accela']);
  await portal.put(idOf(user), { ...sent, AdminUser: true });
  assert.deepEqual(await administers(), ['accela', 'twosms']);
});

test('AdminUser cannot be false of somebody who administers everything', async () => {
  const { user, sent } = await wholeUser(portal);
  await portal.change(user, { administers: { directory: true } });
  const answer = await portal.put(idOf(user), { ...sent, AdminUser: false });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.Error.ErrorCode, 'FIELD_READ_ONLY');
});

test('SSOEnabled is kept; absent keeps it', async () => {
  const { user, sent } = await wholeUser(portal, { SSOEnabled: true });
  const { SSOEnabled: _, ...without } = sent;
  assert.equal((await portal.put(idOf(user), without)).json.ResponseData.Detail.SSOEnabled, true);
  const answer = await portal.put(idOf(user), { ...sent, SSOEnabled: false });
  assert.equal(answer.json.ResponseData.Detail.SSOEnabled, false);
});

test('Preferences: a number or a name comes back; 0 and NONE are the default; absent keeps', async () => {
  const { user, sent } = await wholeUser(portal);
  const write = async (Preferences: unknown) =>
    (await portal.put(idOf(user), { ...sent, Preferences })).json.ResponseData.Detail.Preferences;
  assert.equal(await write(7), 7);
  assert.equal(await write('7'), 7);
  assert.equal((await portal.put(idOf(user), sent)).json.ResponseData.Detail.Preferences, 7);
  assert.equal(await write('FULL_ACCESS'), 'FULL_ACCESS');
  assert.match((await portal.get(idOf(user), { accept: 'text/xml' })).text, /<Preferences>FULL_ACCESS<\/Preferences>/);
  assert.equal(await write('NONE'), 0);
  assert.match((await portal.get(idOf(user), { accept: 'text/xml' })).text, /<Preferences>NONE<\/Preferences>/);
  assert.equal((await portal.read(user)).fields['extensions.twosms.preferences'], undefined);
});

test('LanguageID is the guid of a language of the list', async () => {
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), { ...sent, LanguageID: `{${languageIdOf('fr').toUpperCase()}}` });
  assert.equal(answer.json.ResponseData.Detail.LanguageID, languageIdOf('fr'));
  assert.equal((await portal.read(user)).fields['profile.language'], 'fr');
  const unknown = languageIdOf('gsw');
  const refused = await portal.put(idOf(user), { ...sent, LanguageID: unknown });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json.ModelState, {
    'user.LanguageID': [`The value '${unknown}' is not valid for LanguageID.`],
  });
});

test("TimeZone: IANA's and Windows' names come back as they were sent", async () => {
  const { user, sent } = await wholeUser(portal);
  const write = async (TimeZone: string) =>
    (await portal.put(idOf(user), { ...sent, TimeZone })).json.ResponseData.Detail.TimeZone;
  assert.equal(await write('Tokyo Standard Time'), 'Tokyo Standard Time');
  assert.equal((await portal.read(user)).fields['profile.timeZone'], 'Asia/Tokyo');
  assert.equal(await write('Asia/Tokyo'), 'Asia/Tokyo');
  assert.equal(await write('Tokyo Standard Time'), 'Tokyo Standard Time');
  await portal.change(user, { patch: { 'profile.timeZone': 'Europe/Paris' } });
  assert.equal((await portal.get(idOf(user))).json.ResponseData.Detail.TimeZone, 'Europe/Paris');
});

test('Username is the name for signing in here: a login name of its own where there is one', async () => {
  const { user, sent } = await wholeUser(portal);
  const own = `own-${user.key}`;
  await portal.change(user, { patch: { 'loginNames.twosms': own } });
  await portal.put(idOf(user), { ...sent, Username: `new-${user.key}` });
  const { fields } = await portal.read(user);
  assert.deepEqual([fields['loginNames.twosms'], fields.username], [`new-${user.key}`, sent['Username']]);
});
