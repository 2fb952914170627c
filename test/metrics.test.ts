import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { startServer } from './server.ts';

async function serve(context: TestContext, environment: Record<string, string> = {}) {
  const server = await startServer(environment);
  context.after(() => server.close());
  const figures = (headers: Record<string, string> = {}) => fetch(`${server.origin}/metrics`, { headers });
  return { ...server, figures };
}

test('/metrics tells what was asked, written and refused, by dialect, and nothing of whom', async (context) => {
  const { origin, token, figures } = await serve(context);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ profile: { givenName: 'Minnie', familyName: 'Mouse' } });
  await fetch(`${origin}/v2/users/human/1`, { method: 'PUT', headers, body });
  await fetch(`${origin}/v2/users/human/1`, { method: 'PUT', headers: { ...headers, 'if-match': '"4711"' }, body });
  await fetch(`${origin}/v4/citizenaccess/citizens/1`, { headers: { authorization: 'made-up-token' } });
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/dh/websocket`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ action: 'token', login: 'admin', password: 'wrong' }));
  await once(socket, 'message');
  const answer = await figures();
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const request = 'muster_http_request_duration_seconds_count';
  for (const line of [
    `${request}{dialect="zitadel",method="PUT",status="2xx"} 1`,
    `${request}{dialect="zitadel",method="PUT",status="4xx"} 1`,
    `${request}{dialect="accela",method="GET",status="4xx"} 1`,
    'muster_socket_message_duration_seconds_count{path="/dh/websocket"} 1',
    'muster_refusals_total{dialect="zitadel",code="aborted"} 1',
    'muster_refusals_total{dialect="accela",code="unauthenticated"} 1',
    'muster_refusals_total{dialect="devicehive",code="unauthenticated"} 1',
    'muster_sockets 1',
    'muster_writer_queue_length 0',
    'muster_hashing_queue_length 0',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.match(text, /^muster_writer_commit_seconds_count [1-9]/m);
  assert.match(text, /^nodejs_eventloop_lag_seconds /m);
  assert.doesNotMatch(text, /admin|4711|made-up|127\.0\.0\.1/);
  socket.terminate();
});

test('a wrong password of somebody and of nobody counts alike', async (context) => {
  const { origin, figures } = await serve(context);
  const refusals = async (login: string): Promise<string | undefined> => {
    const before = await counted();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/dh/websocket`);
    await once(socket, 'open');
    socket.send(JSON.stringify({ action: 'token', login, password: 'wrong' }));
    await once(socket, 'message');
    socket.terminate();
    return `${(await counted()) - before}`;
  };
  const counted = async (): Promise<number> => {
    const text = await (await figures()).text();
    const all = [...text.matchAll(/^muster_refusals_total\S+ (\d+)$/gm)];
    return all.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  assert.equal(await refusals('admin'), '1');
  assert.equal(await refusals('nobody'), '1');
});

test('/metrics can be switched off', async (context) => {
  const { figures } = await serve(context, { MUSTER_METRICS: 'off' });
  assert.equal((await figures()).status, 404);
});

test('/metrics can be kept for this machine, also behind a proxy on it', async (context) => {
  const { figures } = await serve(context, { MUSTER_METRICS: 'loopback', MUSTER_TRUSTED_PROXIES: 'loopback' });
  assert.equal((await figures()).status, 200);
  assert.equal((await figures({ 'x-forwarded-for': '198.51.100.7' })).status, 404);
});

test('/metrics can ask for a token, which is its own', async (context) => {
  const own = 'a-token-for-the-figures';
  const { figures, token } = await serve(context, { MUSTER_METRICS_TOKEN: own });
  for (const wrong of [{}, { authorization: `Bearer ${token}` }, { authorization: own }]) {
    const answer = await figures(wrong as Record<string, string>);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    assert.doesNotMatch(await answer.text(), /muster_/);
  }
  assert.equal((await figures({ authorization: `Bearer ${own}` })).status, 200);
});
