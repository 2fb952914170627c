import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';
import { openApp, openOtherAgency, type TestApp, withPassword } from './test-app.ts';

let server: AccelaServer;
let app: TestApp;
let [minnie, clerk, stranger]: User[] = [];
before(async () => {
  server = await startAccela();
  app = await openApp(server);
  [minnie, clerk] = [
    await server.create(withPassword),
    await server.create({ ...withPassword, administers: { accela: true } }),
  ];
  stranger = await server.create({ ...withPassword, realm: await openOtherAgency(server) });
});
after(() => server.close());

const idOf = (user: User | undefined) => user?.ids['accela'] ?? '';
const tokenOf = async (user: User | undefined, more = {}) => (await app.signIn(user as User, more)).access_token;

test('users opens every operation; a former scope its own, and no scope of another API any', async () => {
  const operations: readonly (readonly [string, string, string, object?])[] = [
    ['GET', citizens, 'get_citizenaccess_citizens'],
    ['POST', citizens, 'create_citizenaccess_citizens', {}],
    ['GET', `${citizens}/${idOf(minnie)}`, 'get_citizen_users'],
    ['PUT', `${citizens}/${idOf(minnie)}`, 'update_citizenaccess_citizens', {}],
  ];
  const former = operations.map(([, , scope]) => scope);
  for (const granted of [...former, 'users', 'records', 'USERS', 'update_citizenaccess_citizens_password']) {
    const token = await tokenOf(clerk, { scope: `inspections ${granted}` });
    for (const [method, path, scope, body] of operations) {
      const answer = await server.call(method, path, { token, ...(body ? { body: JSON.stringify(body) } : {}) });
      const forbidden = answer.status === 403;
      assert.equal(forbidden, granted !== 'users' && granted !== scope, `${granted} ${method} ${path}`);
      if (forbidden) {
        assert.equal(answer.body['code'], 'forbidden');
        assert.equal(answer.body['message'], `The token needs the scope users or ${scope} for this.`);
      }
    }
  }
});

test('the agency and the environment of a request must be the token’s', async () => {
  const token = await tokenOf(clerk);
  const list = (headers: Record<string, string>) => server.call('GET', citizens, { token, headers });
  const right = [{}, { 'x-accela-agency': 'main', 'x-accela-environment': 'test' }, { 'x-accela-agencies': 'all' }];
  for (const headers of right) assert.equal((await list(headers)).status, 200, JSON.stringify(headers));
  const wrong = [
    { 'x-accela-agency': 'OTHER' },
    { 'x-accela-environment': 'PROD' },
    { 'x-accela-agency': 'MAIN', 'x-accela-environment': 'PROD' },
    { 'x-accela-agencies': 'OTHER' },
  ];
  for (const headers of wrong) {
    const { status, body } = await list(headers as Record<string, string>);
    assert.deepEqual([status, body['code']], [401, 'invalid_token'], JSON.stringify(headers));
  }
  const unnamed = await tokenOf(clerk, { environment: '' });
  const prod = await server.call('GET', citizens, { token: unnamed, headers: { 'x-accela-environment': 'PROD' } });
  assert.equal(prod.status, 200);
});

test('a citizen reaches itself alone, and sees an empty list', async () => {
  const token = await tokenOf(minnie);
  const reach = async (user: User | undefined) => [
    (await server.call('GET', `${citizens}/${idOf(user)}`, { token })).status,
    (await server.call('PUT', `${citizens}/${idOf(user)}`, { token, body: { receiveSMS: 'Y' } })).status,
  ];
  assert.deepEqual(await reach(minnie), [200, 200]);
  assert.deepEqual(await reach(clerk), [403, 403]);
  assert.deepEqual(await reach(stranger), [404, 404]);
  const { status, body } = await server.call('GET', citizens, { token });
  assert.deepEqual([status, body['result']], [200, []]);
  const registered = await server.call('POST', citizens, { token, body: { userName: 'by-citizen' } });
  assert.deepEqual([registered.status, registered.body['code']], [403, 'forbidden']);
});

test('an agency user reaches its agency, and nobody beyond it', async () => {
  const token = await tokenOf(clerk);
  const { status } = await server.call('PUT', `${citizens}/${idOf(minnie)}`, { token, body: { receiveSMS: 'N' } });
  assert.equal(status, 200);
  for (const method of ['GET', 'PUT']) {
    const sent = method === 'PUT' ? { token, body: {} } : { token };
    const { status: beyond } = await server.call(method, `${citizens}/${idOf(stranger)}`, sent);
    assert.equal(beyond, 404, method);
  }
  const list = await server.call('GET', `${citizens}?limit=1000`, { token });
  const ids = (list.body['result'] as { id: number }[]).map(({ id }) => String(id));
  assert.ok(ids.includes(idOf(minnie)));
  assert.ok(!ids.includes(idOf(stranger)));
});

test('the owner of the directory reaches one agency alone with a token of it', async () => {
  const { users } = await server.store.load({ users: [1] });
  const token = await tokenOf(users.get(1), { password: server.password });
  assert.equal((await server.call('GET', `${citizens}/${idOf(minnie)}`, { token })).status, 200);
  for (const method of ['GET', 'PUT']) {
    const body = method === 'PUT' ? { body: { receiveSMS: 'Y' } } : {};
    const { status } = await server.call(method, `${citizens}/${idOf(stranger)}`, { token, ...body });
    assert.equal(status, 404, method);
    const own = await server.call(method, `${citizens}/${idOf(stranger)}`, body);
    assert.equal(own.status, 200, 'a token of the directory opens all');
  }
});

test('tokeninfo tells what a token is good for, whatever its scopes are', async () => {
  const token = await tokenOf(minnie, { scope: 'records get_citizen_users' });
  server.clock.advance(1_500);
  const { status, body, headers } = await server.call('GET', '/oauth2/tokeninfo', { token: `Bearer ${token}` });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    appId: 'app',
    userId: idOf(minnie),
    agencyName: 'MAIN',
    scopes: ['records', 'get_citizen_users'],
    expiresIn: 898,
  });
  assert.equal(headers.get('content-type'), 'application/json');
  const own = await server.call('GET', '/oauth2/tokeninfo');
  assert.deepEqual(own.body, { userId: '1', agencyName: 'MAIN', scopes: ['users'] });
});

test('tokeninfo refuses as the API does', async () => {
  const headers = { 'x-accela-appid': 'app' };
  const none = await server.call('GET', '/oauth2/tokeninfo', { token: null, headers });
  assert.deepEqual([none.status, none.body['code'], none.body['status']], [401, 'no_token', 401]);
  const wrong = await server.call('GET', '/oauth2/tokeninfo', { token: 'wrong' });
  assert.deepEqual([wrong.status, wrong.body['code']], [401, 'invalid_token']);
});
