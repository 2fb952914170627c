import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { type AccelaServer, citizens, type Sent, startAccela } from '#dialects/accela/start-accela.ts';

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

const register = (body: JsonObject, sent: Sent = {}) => server.call('POST', citizens, { body, ...sent });
const userOf = async (id: unknown) => {
  const key = await server.directory.resolve('accela', String(id));
  assert.ok(key !== undefined);
  const { users } = await server.store.load({ users: [key] });
  return users.get(key);
};

test('a registration answers the id alone, and keeps all that the directory has a place for', async () => {
  const { status, body, result, headers } = await register({
    userName: 'minnie',
    email: 'mini@mouse.com',
    password: 'correct horse',
    cellPhone: '925-551-8131',
    questions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
    receiveSMS: 'Y',
    role: 'CITIZEN',
    contacts: [{ firstName: 'Minnie' }],
    associatedLicenseIds: [1],
    id_provider: 'citizen',
    serviceProviderCode: 'OTHER',
    individualOrOrganization: 'individual',
  });
  assert.equal(status, 200);
  assert.deepEqual(body, { status: 200, result: { id: result['id'] } });
  assert.equal(typeof result['id'], 'number');
  assert.equal(headers.get('etag'), '"1"');
  const user = await userOf(result['id']);
  const { securityQuestions, ...fields } = user?.fields ?? {};
  const now = server.clock.now();
  assert.deepEqual(fields, {
    username: 'minnie',
    lifecycle: 'active',
    registeredAt: now,
    'email.address': 'mini@mouse.com',
    'phone.number': '+19255518131',
    'phone.entered': '925-551-8131',
    acceptsTextMessages: true,
    'extensions.accela.role': 'CITIZEN',
    'password.setAt': now,
  });
  assert.deepEqual(securityQuestions, [{ question: 'First pet?', order: '1', answerSetAt: now }]);
});

test('userName is enough', async () => {
  assert.equal((await register({ userName: 'least' })).status, 200);
});

test('what is wrong is data_validation_error, and named', async () => {
  await register({ userName: 'taken' });
  const wrong: readonly (readonly [string, JsonObject])[] = [
    ['userName', {}],
    ['userName', { userName: null }],
    ['userName', { userName: '' }],
    ['userName', { userName: 'Taken' }],
    ['userName', { userName: 'tab\there' }],
    ['email', { userName: 'x', email: 'nowhere' }],
    ['cellPhone', { userName: 'x', cellPhone: 9255518131 }],
    ['mobilePhone', { userName: 'x', cellPhone: '551-8131' }],
    ['password', { userName: 'x', password: 'short' }],
    ['password', { userName: 'x', password: 'x'.repeat(201) }],
    ['receiveSMS', { userName: 'x', receiveSMS: 'yes' }],
    ['role', { userName: 'x', role: 'KING' }],
    ['questions', { userName: 'x', questions: 'First pet?' }],
    ['questions.answer', { userName: 'x', questions: [{ question: 'First pet?', answer: '******' }] }],
  ];
  for (const [more, body] of wrong) {
    const { status, body: answer } = await register(body);
    assert.deepEqual(
      [status, answer['code'], answer['more']],
      [400, 'data_validation_error', more],
      JSON.stringify(body),
    );
  }
});

test('a password of 8 to 200 characters of any kind is right', async () => {
  for (const [index, password] of ['aaaaaaaa', '        ', '\u00fc'.repeat(200)].entries()) {
    assert.equal((await register({ userName: `password-${index}`, password })).status, 200);
  }
});

test('only an agency user may register citizens', async () => {
  const token = await server.tokenOf(await server.create());
  const { status, body } = await register({ userName: 'nobody' }, { token });
  assert.deepEqual([status, body['code']], [403, 'forbidden']);
  const clerk = await server.tokenOf(await server.create({ administers: { accela: true } }));
  assert.equal((await register({ userName: 'by-clerk' }, { token: clerk })).status, 200);
});

test('a dry run registers nobody', async () => {
  const headers = { 'muster-dry-run': 'true' };
  assert.equal((await register({ userName: 'dry' }, { headers })).status, 200);
  assert.deepEqual((await server.call('GET', `${citizens}?loginName=dry`)).body['result'], []);
  assert.equal((await register({ userName: 'dry', email: 'x' }, { headers })).status, 400);
});

test('under one idempotency key a registration happens once', async () => {
  const headers = { 'idempotency-key': 'k1' };
  const first = await register({ userName: 'once' }, { headers });
  const again = await register({ userName: 'once' }, { headers });
  assert.deepEqual([again.status, again.result], [200, first.result]);
  const other = await register({ userName: 'twice' }, { headers });
  assert.deepEqual([other.status, other.body['code']], [422, 'data_validation_error']);
});
