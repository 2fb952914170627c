import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { startServer, type TestServer } from './server.ts';

async function serve(context: TestContext, environment: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer(environment);
  context.after(() => server.close());
  return server;
}

const behind = { MUSTER_TRUSTED_PROXIES: 'loopback' };
const forwarded = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

/** Changes the administrator's name through every HTTP dialect, and answers the address that each change has. */
async function recordedAddresses(server: TestServer, headers: Record<string, string>): Promise<string[]> {
  const { origin, token } = server;
  const id = await guidOfAdministrator(server);
  const put = async (path: string, authorization: string, body: object, method = 'PUT') => {
    const type = { 'content-type': 'application/json', authorization, ...headers };
    const answer = await fetch(origin + path, { method, headers: type, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.text()}`);
  };
  await put('/v2/users/human/1', `Bearer ${token}`, { profile: { givenName: 'Minnie', familyName: 'Mouse' } });
  await put('/v4/citizenaccess/citizens/1', token, { receiveSMS: 'Y' });
  await put(`/directory/v1/users/${id}`, `Bearer ${token}`, { profile: { displayName: 'Minnie' } }, 'PATCH');
  const answer = await fetch(`${origin}/directory/v1/users/${id}/changes`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { changes } = (await answer.json()) as { changes: { via: string; address?: string }[] };
  return changes.filter(({ via }) => via !== 'start').map(({ address = 'none' }) => address);
}

async function guidOfAdministrator({ store }: TestServer): Promise<string> {
  return (await store.load({ users: [1] })).users.get(1)?.ids['directory'] ?? '';
}

test('a trusted proxy says whom a change comes from', async (context) => {
  const addresses = await recordedAddresses(await serve(context, behind), forwarded('203.0.113.1, 198.51.100.7'));
  assert.deepEqual(addresses, ['198.51.100.7', '198.51.100.7', '198.51.100.7']);
});

test('an address is recorded as such, whatever a proxy writes beside it, and nothing else for one', async (context) => {
  const server = await serve(context, behind);
  const withPort = await recordedAddresses(server, forwarded('198.51.100.7:4711'));
  assert.deepEqual(withPort, ['198.51.100.7', '198.51.100.7', '198.51.100.7']);
  const { origin, token } = server;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...forwarded('<script>') };
  const body = JSON.stringify({ profile: { givenName: 'Daisy', familyName: 'Duck' } });
  await fetch(`${origin}/v2/users/human/1`, { method: 'PUT', headers, body });
  const changes = await server.store.changesOf('user', 1);
  assert.equal(changes.at(-1)?.address, '127.0.0.1');
});

test('nobody else does', async (context) => {
  const addresses = await recordedAddresses(await serve(context), forwarded('198.51.100.7'));
  assert.deepEqual(addresses, ['127.0.0.1', '127.0.0.1', '127.0.0.1']);
});

/** Signs in wrongly over a WebSocket until it is told to wait; each time for another name, so that the address counts. */
async function attemptsUntilRefused(server: TestServer, addressOf: (attempt: number) => string): Promise<number> {
  for (let attempt = 0; attempt < 310; attempt++) {
    const headers = forwarded(addressOf(attempt));
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`, { headers });
    await once(socket, 'open');
    socket.send(JSON.stringify({ action: 'token', login: `nobody-${attempt}`, password: 'wrong' }));
    const [data] = await once(socket, 'message');
    socket.terminate();
    if (/too many/i.test(String(data))) return attempt;
  }
  return Number.POSITIVE_INFINITY;
}

test('sign-in over a WebSocket is bounded by the address that the proxy says', async (context) => {
  const [mine, another] = ['198.51.100.7', '198.51.100.8'];
  const server = await serve(context, behind);
  assert.equal(await attemptsUntilRefused(server, () => mine), 300);
  assert.equal(await attemptsUntilRefused(server, (attempt) => (attempt === 0 ? another : mine)), 1);
});

test('a forged address does not lift the bound', async (context) => {
  const server = await serve(context);
  assert.equal(await attemptsUntilRefused(server, (attempt) => `198.51.100.${attempt % 250}`), 300);
});
