import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import type { JsonObject } from '#core/json.ts';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

const phone = { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' } as const;

/** Sends a body that must be refused, and answers what was said. */
async function refused(
  user: User,
  body: JsonObject,
  status = 400,
  code = 'data_validation_error',
  token = server.token,
) {
  const answer = await server.put(user, body, { token });
  assert.deepEqual([answer.status, answer.body['code']], [status, code], JSON.stringify(body));
  assert.equal((await server.present(user)).version, user.version, 'a refused update leaves the user as it was');
  return answer.body['more'];
}

test('every field of the vendor is written, and answered', async () => {
  const user = await server.create();
  const id = Number(user.ids['accela']);
  const { status, body, headers } = await server.put(user, {
    email: 'mini@mouse.com',
    id,
    loginName: 'every-field',
    mobilePhone: '079 123 45 67',
    mobilePhoneCountryCode: '41',
    questions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
    receiveSMS: 'Y',
    registerDate: '2015-02-09 16:23:58',
    role: 'SELF_CERTIFIED_INSPECTOR',
  });
  assert.deepEqual([status, headers.get('etag')], [200, '"2"']);
  assert.deepEqual(body, {
    status: 200,
    result: {
      email: 'mini@mouse.com',
      id,
      loginName: 'every-field',
      mobilePhone: '791234567',
      mobilePhoneCountryCode: '41',
      questions: [{ answer: '******', order: '1', question: 'First pet?' }],
      receiveSMS: 'Y',
      registerDate: '2015-02-09 16:23:58',
      role: 'SELF_CERTIFIED_INSPECTOR',
    },
  });
  const { fields } = await server.present(user);
  assert.deepEqual(fields, {
    username: 'every-field',
    lifecycle: 'active',
    'email.address': 'mini@mouse.com',
    'phone.number': '+41791234567',
    'phone.entered': '+41791234567',
    securityQuestions: [{ question: 'First pet?', order: '1', answerSetAt: server.clock.now() }],
    acceptsTextMessages: true,
    registeredAt: '2015-02-09T16:23:58.000Z',
    'extensions.accela.role': 'SELF_CERTIFIED_INSPECTOR',
  });
});

test('an update is one recorded change, with before and after', async () => {
  const user = await server.create({ email: { address: 'old@mouse.com' } });
  await server.put(user, { email: 'new@mouse.com', receiveSMS: 'N', unknown: 1 });
  const [, change, ...more] = await server.store.changesOf('user', user.key);
  assert.deepEqual(more, []);
  assert.deepEqual([change?.via, change?.command, change?.actor.username], ['accela', 'update-user', 'admin']);
  assert.match(change?.request ?? '', /./);
  assert.deepEqual(change?.changes, {
    'email.address': { before: 'old@mouse.com', after: 'new@mouse.com' },
    acceptsTextMessages: { before: null, after: false },
  });
});

test('absent keeps, and null clears', async () => {
  const user = await server.create({
    email: { address: 'mini@mouse.com' },
    phone,
    securityQuestions: [{ question: 'First pet?', answer: 'Rex' }],
    patch: { username: 'cleared', acceptsTextMessages: true, 'extensions.accela.role': 'CITIZEN' },
  });
  const before = await server.put(user, {});
  assert.equal(Object.keys(before.result).length, 9);
  const cleared = { email: null, mobilePhone: null, mobilePhoneCountryCode: null, questions: null };
  const { status, result } = await server.put(user, { ...cleared, receiveSMS: null, role: null });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(result), ['id', 'loginName', 'registerDate']);
  assert.deepEqual(Object.keys((await server.present(user)).fields).sort(), ['lifecycle', 'registeredAt', 'username']);
});

test('null in loginName or registerDate is refused', async () => {
  const user = await server.create();
  assert.equal(await refused(user, { loginName: null }), 'loginName');
  assert.equal(await refused(user, { registerDate: null }), 'registerDate');
});

test('what is wrong is data_validation_error, and named', async () => {
  const user = await server.create({ phone, email: { address: 'mini@mouse.com' } });
  const wrong: readonly (readonly [string, JsonObject])[] = [
    ['email', { email: 'nowhere' }],
    ['email', { email: '' }],
    ['email', { email: 5 }],
    ['loginName', { loginName: '' }],
    ['loginName', { loginName: 'ADMIN' }],
    ['mobilePhone', { mobilePhone: '551-8131' }],
    ['mobilePhone', { cellPhone: '551-8131' }],
    ['cellPhone', { cellPhone: '9255518131', mobilePhone: '9255518132' }],
    ['mobilePhoneCountryCode', { mobilePhoneCountryCode: '41' }],
    ['mobilePhoneCountryCode', { mobilePhoneCountryCode: 'US' }],
    ['questions', { questions: {} }],
    ['questions.answer', { questions: [{ answer: '******', question: 'Never asked?' }] }],
    ['receiveSMS', { receiveSMS: 'yes' }],
    ['registerDate', { registerDate: 'yesterday' }],
    ['role', { role: 'KING' }],
    ['id', { id: 999_999 }],
    ['id', { id: 'me' }],
  ];
  for (const [member, body] of wrong) assert.equal(await refused(user, body), member, JSON.stringify(body));
});

test('the id of the path may stand in the body, as a number and as digits', async () => {
  const user = await server.create();
  for (const id of [Number(user.ids['accela']), String(user.ids['accela']), null]) {
    assert.equal((await server.put(user, { id })).status, 200);
  }
});

test('the country code is the one sent, else the stored one, else 1', async () => {
  const user = await server.create();
  const send = async (body: JsonObject) => {
    await server.put(user, body);
    return (await server.present(user)).fields['phone.number'];
  };
  assert.equal(await send({ mobilePhone: '(925) 551-8131' }), '+19255518131');
  assert.equal(await send({ mobilePhone: '079 123 45 67', mobilePhoneCountryCode: '41' }), '+41791234567');
  assert.equal(await send({ cellPhone: '079 123 45 68' }), '+41791234568');
  assert.equal(await send({ cellPhone: '9165518131', mobilePhoneCountryCode: null }), '+19165518131');
  assert.equal(await send({ mobilePhoneCountryCode: '7' }), '+79165518131');
  assert.equal(await send({ mobilePhoneCountryCode: null }), '+19165518131');
});

test('ten digits that no one has are kept, and shown whole', async () => {
  const user = await server.create({ phone });
  const { result } = await server.put(user, { mobilePhone: '(555) 123-4567', mobilePhoneCountryCode: '1' });
  assert.deepEqual([result['mobilePhone'], result['mobilePhoneCountryCode']], ['5551234567', undefined]);
  const again = await server.put(user, { mobilePhone: '5551234567', mobilePhoneCountryCode: '1' });
  assert.equal(again.headers.get('etag'), '"2"');
});

test('a country code joins the number as it is when it is committed, not as it was when it was read', async () => {
  const user = await server.create({ phone });
  const bodies = Array.from({ length: 30 }, (_, index) => [
    { mobilePhone: `92555181${10 + index}`, mobilePhoneCountryCode: '1' },
    { mobilePhoneCountryCode: '7' },
  ]).flat();
  for (let round = 1; round <= 3; round++) {
    const answers = await Promise.all(bodies.map((body) => server.put(user, body)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  }
  const changes = (await server.store.changesOf('user', user.key)).map(({ changes }) => changes?.['phone.number']);
  const joined = changes.filter((change) => String(change?.after).startsWith('+7'));
  assert.ok(joined.length > 0);
  for (const change of joined) assert.equal(String(change?.before).slice(2), String(change?.after).slice(2));
});

test('a citizen updates itself, but neither registerDate nor role', async () => {
  const user = await server.create({ patch: { 'extensions.accela.role': 'CITIZEN' } });
  const token = await server.tokenOf(user);
  const { status, result } = await server.put(user, { receiveSMS: 'Y', email: 'me@mouse.com' }, { token });
  assert.deepEqual([status, result['receiveSMS'], result['email']], [200, 'Y', 'me@mouse.com']);
  const now = await server.present(user);
  for (const body of [{ registerDate: '2015-02-09' }, { role: 'AUTH_AGENT' }, { role: null }]) {
    const member = Object.keys(body)[0];
    assert.equal(await refused(now, body, 403, 'forbidden', token), member);
  }
  const shown = { registerDate: result['registerDate'] ?? '', role: 'CITIZEN' };
  assert.equal((await server.put(user, shown, { token })).status, 200);
});

test('an agency user updates the citizens of its realm; anybody else is forbidden', async () => {
  const user = await server.create();
  const clerk = await server.tokenOf(await server.create({ administers: { accela: true } }));
  const body = { registerDate: '2015-02-09', role: 'AUTH_AGENT' };
  const { status, result } = await server.put(user, body, { token: clerk });
  assert.deepEqual([status, result['registerDate'], result['role']], [200, '2015-02-09 00:00:00', 'AUTH_AGENT']);
  const now = await server.present(user);
  for (const input of [{}, { administers: { twosms: true } }]) {
    const token = await server.tokenOf(await server.create(input));
    await refused(now, { receiveSMS: 'Y' }, 403, 'forbidden', token);
  }
});

test('registerDate is in the time zone of the user’s realm', async () => {
  const key = await server.store.allocate('realm', 1);
  const fields = { name: 'zurich', language: 'de', region: 'CH', timeZone: 'Europe/Zurich' };
  const system = server.directory.as(systemActor, { dialect: 'test' });
  await system.run(createRealm, { key, ids: { accela: 'ZURICH' }, fields });
  const user = await server.create({ realm: key });
  const { result } = await server.put(user, { registerDate: '2015-07-09 16:23:58' });
  assert.equal(result['registerDate'], '2015-07-09 16:23:58');
  assert.equal((await server.present(user)).fields.registeredAt, '2015-07-09T14:23:58.000Z');
  assert.equal((await server.put(user, { registerDate: '2015-07-09T14:23:58Z' })).headers.get('etag'), '"2"');
});

test('an unknown user is resource_not_found; so are deleted users and machines', async () => {
  const gone = await server.create();
  await server.directory.as(systemActor, { dialect: 'test' }).run(deleteUser, { user: gone.key });
  const machine = await server.create({ kind: 'machine' });
  for (const id of ['999999', 'x', gone.ids['accela'], machine.ids['accela']]) {
    const { status, body } = await server.call('PUT', `${citizens}/${id}`, { body: { receiveSMS: 'Y' } });
    assert.deepEqual([status, body['code']], [404, 'resource_not_found'], String(id));
  }
});

test('an id in the path may be escaped, and lang may be anything', async () => {
  const user = await server.create({ ids: { accela: 'A-7' } });
  for (const path of ['A-7', 'A.17', 'A%2D7?lang=ar_AE', 'A-7?lang=xx&lang=']) {
    assert.equal((await server.call('PUT', `${citizens}/${path}`, { body: {} })).status, 200, path);
  }
  assert.equal((await server.present(user)).version, 1);
});

test('questions are replaced whole, and a masked answer keeps the present one', async () => {
  const user = await server.create();
  const answerSetAt = async () =>
    (await server.present(user)).fields.securityQuestions?.map((entry) => entry.answerSetAt);
  await server.put(user, { questions: [{ answer: 'Rex', order: '1', question: 'First pet?' }] });
  const [set] = (await answerSetAt()) ?? [];
  server.clock.advance(1000);
  const second = { answer: 'Beetle', order: '2', question: 'First car?' };
  const kept = await server.put(user, {
    questions: [{ answer: '******', order: '1', question: 'First pet?' }, second],
  });
  assert.deepEqual(kept.result['questions'], [
    { answer: '******', order: '1', question: 'First pet?' },
    { answer: '******', order: '2', question: 'First car?' },
  ]);
  assert.deepEqual(await answerSetAt(), [set, server.clock.now()]);
  const replaced = await server.put(user, { questions: [{ question: 'First home?' }] });
  assert.deepEqual(replaced.result['questions'], [{ question: 'First home?' }]);
  assert.equal((await server.put(user, { questions: [] })).result['questions'], undefined);
});

test('a dry run answers what would be, and changes nothing', async () => {
  const user = await server.create();
  const headers = { 'muster-dry-run': 'true' };
  const { status, result } = await server.put(user, { receiveSMS: 'N' }, { headers });
  assert.deepEqual([status, result['receiveSMS']], [200, 'N']);
  assert.deepEqual((await server.present(user)).version, 1);
  assert.equal((await server.put(user, { receiveSMS: 'x' }, { headers })).status, 400);
});

test('If-Match holds an update to the version that was read', async () => {
  const user = await server.create({ phone });
  const first = await server.put(user, { receiveSMS: 'N' }, { headers: { 'if-match': '"1"' } });
  assert.deepEqual([first.status, first.headers.get('etag')], [200, '"2"']);
  for (const body of [{ receiveSMS: 'Y' }, { cellPhone: '9255518132' }, {}]) {
    const stale = await server.put(user, body, { headers: { 'if-match': '"1"' } });
    assert.deepEqual([stale.status, stale.body['code']], [412, 'precondition_failed'], JSON.stringify(body));
  }
  assert.equal((await server.present(user)).version, 2);
});

test('under one idempotency key an update happens once, and is answered alike', async () => {
  const user = await server.create();
  const headers = { 'idempotency-key': 'k1' };
  const body = { cellPhone: '925-551-8131' };
  const first = await server.put(user, body, { headers });
  await server.put(user, { mobilePhone: '9165518131' });
  const again = await server.put(user, body, { headers });
  assert.deepEqual([again.status, again.body], [200, first.body]);
  assert.equal((await server.present(user)).fields['phone.number'], '+19165518131');
  const other = await server.put(user, { cellPhone: '925-551-8132' }, { headers });
  assert.deepEqual(
    [other.status, other.body['code'], other.body['more']],
    [422, 'data_validation_error', 'Idempotency-Key'],
  );
});
