import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { phonePattern } from './phone.ts';
import { idOf, openPortal, type Portal, wholeBody, wholeUser, xmlOf } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

async function stateOf(sent: object): Promise<Record<string, string[]>> {
  const answer = await portal.put(idOf(await portal.create()), sent);
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.json.Message, 'The request is invalid.');
  return answer.json.ModelState;
}

test('an update writes every member that can be written, as one change', async () => {
  const user = await portal.create();
  const sent = wholeBody({ AdminUser: true, SSOEnabled: true, Preferences: 4, Password: 'long-enough', Pin: '0815' });
  const answer = await portal.put(idOf(user), sent);
  assert.equal(answer.status, 200);
  const after = await portal.read(user);
  const { 'password.setAt': passwordSetAt, 'pin.setAt': pinSetAt, lifecycle, registeredAt, ...fields } = after.fields;
  assert.deepEqual(fields, {
    username: sent['Username'],
    'profile.displayName': 'Minnie Mouse',
    'profile.language': 'de-CH',
    'profile.timeZone': 'Europe/Zurich',
    'email.address': 'mini@mouse.com',
    'phone.number': '+41791234567',
    'phone.entered': '+41 79 123 45 67',
    administers: ['twosms'],
    'extensions.twosms.ssoEnabled': true,
    'extensions.twosms.preferences': 4,
  });
  assert.ok(passwordSetAt && pinSetAt && registeredAt && lifecycle === 'active');
  assert.equal(after.version, user.version + 1);
  assert.equal(answer.headers.get('etag'), `"${after.version}"`);
  const { Detail } = answer.json.ResponseData;
  const { Password, Pin, ...plain } = sent;
  assert.deepEqual({ ...Detail, ...plain }, Detail);
  assert.deepEqual([Detail.Password, Detail.Pin, Detail.UserPassword], [null, '******', null]);
});

test('no secret is ever in an answer', async () => {
  const { user } = await wholeUser(portal, {
    Password: 'Fort-Knox-1',
    Pin: '4711-4711',
    UserPassword: portal.server.password,
  });
  for (const accept of ['application/json', 'text/xml']) {
    const { text } = await portal.get(idOf(user), { accept });
    for (const secret of ['Fort-Knox-1', '4711-4711', portal.server.password]) assert.ok(!text.includes(secret));
  }
});

test('each required member is named when it is missing, null, empty or blank, in every format alike', async () => {
  const { user, sent } = await wholeUser(portal);
  const required = ['DisplayName', 'EmailAddress', 'Enabled', 'LanguageID', 'MobilePhone', 'TimeZone', 'Username'];
  const names = required.map((name) => [`user.${name}`, [`The ${name} field is required.`]]);
  const nulls = Object.fromEntries(required.map((name) => [name, null]));
  for (const [type, text] of [
    ['application/json', '{}'],
    ['application/json', JSON.stringify(nulls)],
    ['text/xml', '<User/>'],
    ['application/x-www-form-urlencoded', required.map((name) => `${name}=`).join('&')],
    ['application/json', ''],
  ] as const) {
    const answer = await portal.put(idOf(user), text, { type });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json.ModelState, Object.fromEntries(names), `${type} ${text}`);
  }
  const answer = await portal.put(idOf(user), { ...sent, DisplayName: ' ' });
  assert.deepEqual(answer.json.ModelState, { 'user.DisplayName': ['The DisplayName field is required.'] });
});

test('MobilePhone must meet the pattern', async () => {
  const text = `The field MobilePhone must match the regular expression '${phonePattern}'.`;
  for (const MobilePhone of ['sample string 12', '1234', '079.123.45.67']) {
    assert.deepEqual(await stateOf(wholeBody({ MobilePhone })), { 'user.MobilePhone': [text] });
  }
});

test('a number without a country is taken as of the realm, and what is no number is kept as typed', async () => {
  const national = await wholeUser(portal, { MobilePhone: '(202) 555-0112' });
  assert.equal(national.user.fields['phone.number'], '+12025550112');
  const odd = await wholeUser(portal, { MobilePhone: '12345' });
  assert.deepEqual([odd.user.fields['phone.number'], odd.user.fields['phone.entered']], [undefined, '12345']);
});

test('another spelling of the same number is a change of what is shown', async () => {
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), { ...sent, MobilePhone: '+41791234567' });
  assert.equal(answer.json.ResponseData.Detail.MobilePhone, '+41791234567');
  const { fields } = await portal.read(user);
  assert.deepEqual([fields['phone.number'], fields['phone.entered']], ['+41791234567', '+41791234567']);
});

test('every value that cannot be taken is named at once', async () => {
  const state = await stateOf({
    ID: 'x',
    AgreementDate: 'yesterday',
    AdminUser: 'perhaps',
    DisplayName: 'a\u0007b',
    EmailAddress: 'nobody',
    Enabled: 'on',
    LanguageID: 'en',
    MobilePhone: 'none',
    Password: 'short',
    Pin: '1',
    Preferences: 1.5,
    SSOEnabled: null,
    TimeZone: 'Mars/Olympus',
    Username: 'a\u200bb',
    UserPassword: [],
  });
  assert.deepEqual(state, {
    'user.ID': ["The value 'x' is not valid for ID."],
    'user.AgreementDate': ["The value 'yesterday' is not valid for AgreementDate."],
    'user.AdminUser': ["The value 'perhaps' is not valid for AdminUser."],
    'user.DisplayName': ['DisplayName must not contain control characters, lone surrogates or bidi controls.'],
    'user.EmailAddress': ['The EmailAddress field is not a valid e-mail address.'],
    'user.Enabled': ["The value 'on' is not valid for Enabled."],
    'user.LanguageID': ["The value 'en' is not valid for LanguageID."],
    'user.MobilePhone': [`The field MobilePhone must match the regular expression '${phonePattern}'.`],
    'user.Password': ['The field Password must be a string with a minimum length of 8 and a maximum length of 200.'],
    'user.Pin': ["The field Pin must match the regular expression '^[ -~]{4,20}$'."],
    'user.Preferences': ["The value '1.5' is not valid for Preferences."],
    'user.SSOEnabled': ["The value '' is not valid for SSOEnabled."],
    'user.TimeZone': ["The value 'Mars/Olympus' is not valid for TimeZone."],
    'user.Username': ['Username must not contain control, invisible or direction-changing characters.'],
    'user.UserPassword': ['The value is not valid for UserPassword.'],
  });
});

test('members that the server owns are accepted and ignored', async () => {
  const { user, sent } = await wholeUser(portal);
  const owned = {
    ID: '5a1ca887-9ec4-4ae8-bf61-715056ea9e98',
    AccountID: 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7',
    AgreementDate: '2024-03-28T08:12:49.3595132+00:00',
    DateCreated: '2020-01-01T00:00:00Z',
    DateModified: '2020-01-01',
    DeclineDate: '/Date(1711613569359)/',
    DPAVersion: '9',
    PrivacyPolicyVersion: '9',
  };
  for (const members of [owned, Object.fromEntries(Object.keys(owned).map((name) => [name, null]))]) {
    const answer = await portal.put(idOf(user), { ...sent, ...members });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('etag'), `"${user.version}"`);
  }
  const xml = xmlOf(sent, '<Language>fr</Language>');
  assert.equal((await portal.put(idOf(user), xml, { type: 'text/xml' })).status, 200);
  assert.equal((await portal.read(user)).version, user.version);
});
