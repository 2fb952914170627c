import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '#core/user.ts';
import {
  assertTold,
  type Body,
  type Expected,
  invalid,
  openTarget,
  requiredMembers,
  type Target,
  unreadable,
  unsupported,
} from './hostile-target.ts';
import { type Answer, idOf, type Portal, type Sent, wholeUser, xmlOf } from './test-client.ts';

let target: Target;
let portal: Portal;
let user: User;
let good: Target['good'];
before(async () => {
  target = await openTarget();
  ({ portal, user, good } = target);
});
after(() => portal.server.close());

const assertRefused: Target['assertRefused'] = (cases) => target.assertRefused(cases);
const everything: Target['everything'] = () => target.everything();

const required = invalid(Object.fromEntries(requiredMembers.map((name) => [name, `The ${name} field is required.`])));
const noJson = unreadable('The body is not valid JSON.');
const tooDeep = unreadable('The body must not nest deeper than 32 levels.');
const noUtf8 = unreadable('The body is not valid UTF-8.');
const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

test('bodies that are no JSON of a user', () =>
  assertRefused([
    ['nothing at all', '', required],
    ['null', 'null', required],
    ['an empty object', '{}', required],
    ['members of other names', '{"Nonsense":1,"user":{"DisplayName":"x"}}', required],
    ['cut short', () => JSON.stringify(good).slice(0, -1), noJson],
    ['two documents', () => JSON.stringify(good).repeat(2), noJson],
    ['a comment', '{/* x */}', noJson],
    ['single quotes', "{'DisplayName':'x'}", noJson],
    ['a number that is none', '{"Preferences":NaN}', noJson],
    ['a control character', '{"DisplayName":"\u0000"}', noJson],
    ['XML', '<User/>', noJson],
    ['a list', '[]', unreadable('The body must be a JSON object.')],
    ['a text', '"x"', unreadable('The body must be a JSON object.')],
    ['33 levels', `{"x":${nested('[', ']', 32)}}`, tooDeep],
    ['33 levels of objects', `${nested('{"x":', '', 33)}1${'}'.repeat(33)}`, tooDeep],
    ['half a mebibyte of brackets', '['.repeat(500_000), noJson],
    [
      'over a mebibyte',
      () => JSON.stringify({ ...good, x: 'x'.repeat(1_048_576) }),
      [413, { Message: 'The body must have at most 1048576 bytes.' }],
    ],
  ]));

test('content types that are none of the five', () =>
  assertRefused(
    ['text/plain', 'multipart/form-data', 'application/json; charset=utf-16', 'application/xhtml+xml', '*/*'].map(
      (type) => [type, () => JSON.stringify(good), unsupported(type), { type }],
    ),
  ));

test('no content type, and one that is no media type', async () => {
  const body = JSON.stringify(good);
  const path = `/api/v1/admin/users/${idOf(user)}`;
  const before = await everything();
  assertTold(await portal.send('PUT', path, { body }), unsupported('application/octet-stream'), 'none');
  const misnamed: Expected = [415, { Message: 'Content-Type must be a media type.' }];
  assertTold(await portal.send('PUT', path, { body, type: 'nonsense' }), misnamed, 'nonsense');
  assert.deepEqual(await everything(), before);
});

const xml = (inner: string, head = ''): string => `${head}<User>${inner}</User>`;
const errorAt = (line: number, column: number) => unreadable(`There is an error in XML document (${line}, ${column}).`);
const noDtd = unreadable('DTD is prohibited in this XML document.');
const noRoot = unreadable('The root of the XML document must be <User>, in no namespace.');
const asXml: Sent = { type: 'application/xml' };
const lols = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');

test('bodies that are no XML of a user', () =>
  assertRefused(
    (
      [
        ['nothing but a declaration', '<?xml version="1.0"?>', errorAt(1, 21)],
        ['an empty root', '<User/>', required],
        [
          'a root that is xsi:nil',
          `<User xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">x</User>`,
          required,
        ],
        ['a DTD', xml('', '<!DOCTYPE User>'), noDtd],
        ['an entity of its own', xml('<Pin>&x;</Pin>', '<!DOCTYPE User [<!ENTITY x "y">]>'), noDtd],
        [
          'an external entity',
          xml('<Pin>&x;</Pin>', '<!DOCTYPE User [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
          noDtd,
        ],
        ['an external DTD', xml('', '<!DOCTYPE User SYSTEM "http://127.0.0.1:1/x.dtd">'), noDtd],
        ['a parameter entity', xml('', '<!DOCTYPE User [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>'), noDtd],
        [
          'a billion laughs',
          xml('<DisplayName>&l9;</DisplayName>', `<!DOCTYPE User [<!ENTITY l0 "lol">${lols}]>`),
          noDtd,
        ],
        ['an entity of nobody', xml('<Pin>&x;</Pin>'), errorAt(1, 14)],
        ['an entity of HTML', xml('<DisplayName>&nbsp;</DisplayName>'), errorAt(1, 25)],
        ['a reference to NUL', xml('<DisplayName>a&#0;</DisplayName>'), errorAt(1, 24)],
        ['a reference to a lone surrogate', xml('<DisplayName>&#xD800;</DisplayName>'), errorAt(1, 27)],
        ['a reference to nothing', xml('<DisplayName>&#x110000;</DisplayName>'), errorAt(1, 29)],
        ['a control character', xml('<DisplayName>\u0001</DisplayName>'), errorAt(1, 20)],
        ['another root', '<Users/>', noRoot],
        ['a root in another case', '<user/>', noRoot],
        ['a root in a namespace', '<User xmlns="urn:x"/>', noRoot],
        ['a root around it', `<ArrayOfUser>${xml('')}</ArrayOfUser>`, noRoot],
        ['two roots', xml('').repeat(2), errorAt(1, 19)],
        ['a tag that is not closed', '<User><Pin></User>', errorAt(1, 18)],
        ['a prefix that is not declared', xml('<x:Pin>1</x:Pin>'), errorAt(1, 13)],
        ['an attribute twice', '<User a="1" a="2"/>', errorAt(1, 19)],
        ['text behind it', `${xml('')}x`, errorAt(1, 14)],
        ['33 levels', xml(nested('<x>', '</x>', 32)), tooDeep],
        ['JSON', '{}', errorAt(1, 2)],
      ] as const
    ).map(([what, body, expected]) => [what, body, expected, asXml]),
  ));

test('forms that are none, and bytes that are no UTF-8', async () => {
  const type = 'application/x-www-form-urlencoded';
  const form = () => `${new URLSearchParams(good as Record<string, string>)}`;
  await assertRefused([
    ['a form as JSON', form, noJson],
    ['a form as XML', 'DisplayName=x', errorAt(1, 13), asXml],
    ['JSON as a form', () => JSON.stringify(good), required, { type }],
    ['XML as a form', '<User/>', required, { type }],
    ['nothing', '', required, { type }],
    ['escapes that are no UTF-8', () => `${form()}&DisplayName=%FF`, noUtf8, { type }],
    ['an escaped surrogate', () => `${form()}&DisplayName=%ED%A0%80`, noUtf8, { type }],
    ['nested names', 'user[DisplayName]=x&user.DisplayName=x', required, { type }],
  ]);
  for (const each of ['application/json', 'application/xml', type]) {
    const before = await everything();
    const answer = await fetch(`${portal.server.origin}/api/v1/admin/users/${idOf(user)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${portal.server.token}`, 'content-type': each, accept: 'application/json' },
      body: Buffer.from('{"DisplayName":"\xff"}', 'latin1'),
    });
    assert.deepEqual([answer.status, await answer.json()], noUtf8, each);
    assert.deepEqual(await everything(), before);
  }
});

/** A failure in the vendor's envelope, to the administrator unless another is named. */
async function assertBusiness(answer: Answer, status: number, code: string, what: string, caller = 1): Promise<void> {
  const { Error: told, ResponseData } = answer.json;
  const UserId = idOf(await portal.read({ key: caller } as User));
  assert.deepEqual(
    [answer.status, told?.ErrorCode, Object.keys(told ?? {})],
    [status, code, ['ErrorCode', 'ErrorReason']],
    what,
  );
  assert.deepEqual(ResponseData, { Identification: { UserId }, Result: 'Failure', Detail: null }, what);
}

test('a name that is taken, in any case and Unicode form, here or in another API', async () => {
  const before = await everything();
  for (const Username of ['Taken', 'TAKEN', 'ｔａｋｅｎ', 'Bücher', 'BU\u0308CHER', 'bu\u0308cher', 'admin']) {
    await assertBusiness(await portal.put(idOf(user), { ...good, Username }), 400, 'USERNAME_TAKEN', Username);
  }
  assert.deepEqual(await everything(), before);
});

const malformedId: Expected = [
  400,
  { Message: 'The request is invalid.', MessageDetail: "The parameter 'id' must be a globally unique identifier." },
];

test('ids that do not exist, or are none', async () => {
  const before = await everything();
  const unknown = ['a2d8b2d2-1673-4f2d-a9ec-b02947160be7', '00000000-0000-0000-0000-000000000000', 'F'.repeat(32)];
  for (const id of unknown) {
    await assertBusiness(await portal.put(id, good), 404, 'USER_NOT_FOUND', id);
    await assertBusiness(await portal.get(id), 404, 'USER_NOT_FOUND', id);
  }
  const none = [
    '0',
    '-1',
    '9007199254740993',
    '1e3',
    'x',
    '%00',
    '%zz',
    '%FF',
    '..%2f..%2fetc',
    '__proto__',
    '9'.repeat(8_000),
  ];
  for (const id of [...none, `${idOf(user)}x`, `{${idOf(user)})`, 'a2d8b2d2-1673-4f2d-a9ec-b02947160beg']) {
    assertTold(await portal.put(id, good), malformedId, `PUT ${id.slice(0, 40)}`);
    assertTold(await portal.get(id), malformedId, `GET ${id.slice(0, 40)}`);
  }
  assert.deepEqual(await everything(), before);
});

test('no token, a wrong one, one without the right, one of another API, one of another account', async () => {
  const stranger = await portal.create({ administers: { twosms: true } }, 'active', await portal.openAccount());
  const nobody = await portal.create({ administers: { accela: true, zitadel: true } });
  const [strange, mere, limited] = await Promise.all([
    portal.tokenOf(stranger),
    portal.tokenOf(nobody),
    portal.tokenOf(await portal.read({ key: 1 } as User), { permissions: ['users.read'] }),
  ]);
  const denied: Expected = [401, { Message: 'Authorization has been denied for this request.' }];
  const before = await everything();
  for (const token of [null, 'nonsense', 'x'.repeat(8_000), mere, limited]) {
    assertTold(await portal.put(idOf(user), good, { token }), denied, String(token).slice(0, 20));
  }
  for (const authorization of [
    '',
    'Bearer',
    'Bearer  ',
    'Basic YTpi',
    `Token ${portal.server.token}`,
    `Bearer ${portal.server.token} x`,
  ]) {
    const answer = await portal.put(idOf(user), good, { token: null, headers: { authorization } });
    assertTold(answer, denied, authorization.slice(0, 12));
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
  await assertBusiness(
    await portal.put(idOf(user), good, { token: strange }),
    404,
    'USER_NOT_FOUND',
    'stranger',
    stranger.key,
  );
  assert.deepEqual(await everything(), before);
});

test('an update that is half right changes nothing', async () => {
  const before = await everything();
  const halves: readonly [object, string][] = [
    [{ EmailAddress: 'new@mouse.com', TimeZone: 'Mars' }, 'user.TimeZone'],
    [{ Password: 'a good password', Pin: '4711', MobilePhone: 'x' }, 'user.MobilePhone'],
    [{ AdminUser: true, Enabled: false, LanguageID: 'x' }, 'user.LanguageID'],
  ];
  for (const [more, key] of halves) {
    const { status, json: told } = await portal.put(idOf(user), { ...good, ...more });
    assert.deepEqual([status, Object.keys(told.ModelState)], [400, [key]]);
  }
  await assertBusiness(
    await portal.put(idOf(user), { ...good, Password: 'a good password', Username: 'taken' }),
    400,
    'USERNAME_TAKEN',
    'name',
  );
  await assertBusiness(
    await portal.put(idOf(user), { ...good, UserPassword: 'wrong' }),
    400,
    'PASSWORD_WRONG',
    'password',
  );
  for (const [headers, status] of [
    [{ 'if-match': '"0"' }, 412],
    [{ 'if-match': 'nonsense' }, 412],
    [{ 'idempotency-key': 'x'.repeat(201) }, 400],
    [{ 'muster-dry-run': 'yes' }, 400],
  ] as const) {
    assert.equal(
      (await portal.put(idOf(user), good, { headers: { ...headers } })).status,
      status,
      JSON.stringify(headers),
    );
  }
  const [users, changes] = (await everything()) as [User[], number];
  // The wrong UserPassword was counted, and against the caller alone.
  const counted = users.map((each) =>
    each.key === 1 ? { ...each, activity: { ...each.activity, failedAttempts: 0 } } : each,
  );
  assert.deepEqual([counted, changes], before);
  assert.equal(users.find(({ key }) => key === 1)?.activity.failedAttempts, 1);
});

test('two updates racing: on one version one wins, on one name one wins, else both', async () => {
  const { user: racer, sent } = await wholeUser(portal);
  const headers = { 'if-match': `"${racer.version}"` };
  const put = (more: object, of = racer, options: Sent = {}) => portal.put(idOf(of), { ...sent, ...more }, options);
  const versioned = await Promise.all(['A', 'B', 'C'].map((DisplayName) => put({ DisplayName }, racer, { headers })));
  assert.deepEqual(versioned.map(({ status }) => status).toSorted(), [200, 412, 412]);
  assert.equal((await portal.read(racer)).version, racer.version + 1);
  await Promise.all(['D', 'E'].map((DisplayName) => put({ DisplayName })));
  assert.equal((await portal.read(racer)).version, racer.version + 3);
  const { user: other } = await wholeUser(portal);
  const named = await Promise.all([put({ Username: 'The-One' }), put({ Username: 'the-one' }, other)]);
  assert.deepEqual(named.map(({ status, json: told }) => told.Error?.ErrorCode ?? status).toSorted(), [
    200,
    'USERNAME_TAKEN',
  ]);
});

test('what is taken leniently, and what it becomes', async () => {
  const { user: lenient, sent } = await wholeUser(portal);
  const taken: readonly [string, Body, Record<string, unknown>, Sent?][] = [
    [
      'names in another case, the last of two',
      () => JSON.stringify({ ...sent, displayNAME: 'b' }),
      { DisplayName: 'b' },
    ],
    ['a number as text', { ...sent, DisplayName: 5 }, { DisplayName: '5' }],
    ['a truth value as text', { ...sent, DisplayName: true }, { DisplayName: 'true' }],
    ['text as a truth value', { ...sent, AdminUser: ' TRUE ' }, { AdminUser: true }],
    ['a number as a truth value', { ...sent, AdminUser: 0 }, { AdminUser: false }],
    ['null where the server owns it', { ...sent, ID: null, AccountID: '', DateCreated: null, DPAVersion: null }, {}],
    ['a name that composes', { ...sent, DisplayName: 'Bu\u0308cher' }, { DisplayName: 'Bücher' }],
    ['markup', { ...sent, DisplayName: '<b>&amp;</b>]]>' }, { DisplayName: '<b>&amp;</b>]]>' }],
    ['names of every object', `{"__proto__":{"DisplayName":"x"},"constructor":1,${JSON.stringify(sent).slice(1)}`, {}],
    ['elements of such names', xmlOf(sent, '<__proto__>x</__proto__><constructor/>'), {}, { type: 'text/xml' }],
    [
      'processing instructions and comments',
      xmlOf(sent).replace('>', '><?php x?><!-- <DisplayName>x</DisplayName> -->'),
      {},
      { type: 'text/xml' },
    ],
    [
      'an inclusion',
      xmlOf(sent, '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
      {},
      { type: 'text/xml' },
    ],
    ['another encoding said', `<?xml version="1.1" encoding="utf-16"?>${xmlOf(sent)}`, {}, { type: 'text/xml' }],
  ];
  for (const [what, body, becomes, options] of taken) {
    const answer = await portal.put(idOf(lenient), typeof body === 'function' ? body() : body, {
      ...options,
      accept: 'text/json',
    });
    assert.equal(answer.status, 200, `${what}: ${answer.text}`);
    const shown = { ...sent, DisplayName: sent['DisplayName'], ...becomes };
    for (const [name, value] of Object.entries(shown))
      assert.deepEqual(answer.json.ResponseData.Detail[name], value, `${what}: ${name}`);
  }
  assert.equal(({} as { DisplayName?: string }).DisplayName, undefined);
});
