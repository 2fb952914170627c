import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { dial, type RawPeer, statusesIn } from './raw.ts';
import { startServer, type TestServer } from './server.ts';

type Settings = Parameters<typeof startServer>[1];

async function serve(context: TestContext, settings: Settings = {}): Promise<TestServer> {
  const server = await startServer({}, settings);
  context.after(() => server.close());
  return server;
}

const request = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;

async function isServed({ origin, token }: TestServer): Promise<void> {
  const answer = await fetch(`${origin}/v2/users/1`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await answer.text();
}

async function figure({ origin }: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

test('1,000 connections opened and left are closed with 408, and others are served meanwhile', async (context) => {
  const server = await serve(context, { limits: { headersMs: 1_500, checkMs: 100 } });
  const before = process.memoryUsage().rss;
  const silent = Array.from({ length: 500 }, () => dial(server.origin));
  const slow = Array.from({ length: 500 }, () => dial(server.origin, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: '));
  await Promise.all([...silent, ...slow].map(({ socket }) => once(socket, 'connect')));
  await isServed(server);
  // Both ends of every connection are in here.
  const growth = process.memoryUsage().rss - before;
  assert.ok(growth < 200_000_000, `${growth} bytes for 1,000 connections`);
  for (const answer of await Promise.all([...silent, ...slow].map(({ closed }) => closed))) {
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"code":"deadline_exceeded"/);
  }
  await isServed(server);
  // The server hears of what its peers have closed a moment later than they do.
  while ((await figure(server, 'muster_connections')) > 10) await isServed(server);
});

test('connections beyond the limit that say nothing are cut off', async (context) => {
  const server = await serve(context, { limits: { connections: 1, refusedMs: 50 } });
  const kept = dial(server.origin);
  await once(kept.socket, 'connect');
  assert.equal(await dial(server.origin).closed, '');
  kept.socket.destroy();
});

test('connections beyond the limit are told 503, until there is room again', async (context) => {
  const server = await serve(context, { limits: { connections: 20 } });
  const kept = Array.from({ length: 20 }, () => dial(server.origin));
  await Promise.all(kept.map(({ socket }) => once(socket, 'connect')));
  const asking = dial(server.origin, request('/v2/users/1'));
  assert.match(
    await asking.closed,
    /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*connection: close\r\n[\s\S]*"unavailable"/i,
  );
  const upgrading = dial(server.origin, request('/dh/websocket', upgradeFields));
  assert.deepEqual(statusesIn(await upgrading.closed), [503]);
  for (const peer of kept) peer.socket.destroy();
  await Promise.all(kept.map(({ closed }) => closed));
  await untilServed(server);
  assert.ok((await figure(server, 'muster_connections_refused_total')) >= 2);
});

async function untilServed(server: TestServer): Promise<void> {
  for (;;) {
    const answer = await dial(server.origin, request('/healthz', 'Connection: close\r\n')).closed;
    if (statusesIn(answer)[0] === 200) return;
  }
}

const upgradeFields =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test('one address never takes all the places', async (context) => {
  const server = await serve(context, { limits: { connectionsPerAddress: 5 } });
  const kept = Array.from({ length: 5 }, () => dial(server.origin));
  await Promise.all(kept.map(({ socket }) => once(socket, 'connect')));
  assert.deepEqual(statusesIn(await dial(server.origin, request('/healthz')).closed), [503]);
});

test('a trusted proxy stands for many callers, and may take more places than one', async (context) => {
  const server = await startServer({ MUSTER_TRUSTED_PROXIES: 'loopback' }, { limits: { connectionsPerAddress: 5 } });
  context.after(() => server.close());
  const kept = Array.from({ length: 10 }, () => dial(server.origin));
  await Promise.all(kept.map(({ socket }) => once(socket, 'connect')));
  await isServed(server);
});

test('a flood of requests on one connection is bounded: what comes beyond is told 429, in order', async (context) => {
  const server = await serve(context, { limits: { pipelined: 10 } });
  const flood = request('/v2/users/1', `Authorization: Bearer ${server.token}\r\n`).repeat(200);
  const statuses = statusesIn(await dial(server.origin, flood).closed);
  assert.deepEqual(statuses.slice(0, 10), Array(10).fill(200));
  assert.equal(statuses[10], 429);
  assert.ok(!statuses.slice(10).includes(200));
  await isServed(server);
});

test('requests that wait for each other on one connection are all answered', async (context) => {
  const server = await serve(context, { limits: { pipelined: 10 } });
  const peer = dial(server.origin);
  const step = request('/healthz').repeat(10);
  for (let round = 1; round <= 5; round++) {
    peer.socket.write(step);
    await peer.until('"alive"', 10 * round);
  }
  peer.socket.destroy();
  assert.deepEqual(statusesIn(peer.answer()), Array(50).fill(200));
});

test('who does not read its answers is cut off', async (context) => {
  const server = await serve(context, { limits: { stalledMs: 2_000, keepAliveMs: 60_000, pipelined: 100_000 } });
  const peer = dial(server.origin);
  await once(peer.socket, 'connect');
  peer.socket.pause();
  const flood = request('/').repeat(500);
  // Until the server reads no more, as its answers are not being read; it goes on when they are, or hangs up.
  while (peer.socket.write(flood)) await new Promise(setImmediate);
  await peer.closed;
  await isServed(server);
});

const tooMany = 'X-Many: y\r\n'.repeat(100);

const refusedShapes: readonly [what: string, bytes: string, status: number][] = [
  ['too many header fields', request('/healthz', tooMany), 431],
  ['a header field that is too long', request('/healthz', `X: ${'y'.repeat(17_000)}\r\n`), 431],
  ['thousands of header fields', request('/healthz', 'X:y\r\n'.repeat(5_000)), 431],
  ['a flood of trailers', chunked(`0\r\n${'X: y\r\n'.repeat(5_000)}\r\n`), 431],
  ['a flood of chunk extensions', chunked(`2;${'a'.repeat(20_000)}\r\nhi\r\n0\r\n\r\n`), 413],
  ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'), 400],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', 'hi!'), 400],
  ['the same length twice', post('Content-Length: 2\r\nContent-Length: 2\r\n', 'hi'), 400],
  ['a list of lengths', post('Content-Length: 2, 2\r\n', 'hi'), 400],
  ['a length with a sign', post('Content-Length: +2\r\n', 'hi'), 400],
  ['a negative length', post('Content-Length: -2\r\n', 'hi'), 400],
  ['a length in hex', post('Content-Length: 0x2\r\n', 'hi'), 400],
  ['a length beyond counting', post('Content-Length: 99999999999999999999999\r\n', 'hi'), 400],
  ['an empty length', post('Content-Length: \r\n', 'hi'), 400],
  ['a blank before the colon', post('Content-Length : 2\r\n', 'hi'), 400],
  ['an unknown coding', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), 400],
  ['a coding that hides chunks', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), 400],
  ['chunks that are not last', post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'), 400],
  ['chunks of something else', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 400],
  ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'), 400],
  ['chunks in HTTP/1.0', chunked('0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'), 400],
  ['a chunk size with 0x', chunked('0x2\r\nhi\r\n0\r\n\r\n'), 400],
  ['a chunk size beyond counting', chunked('ffffffffffffffff1\r\nhi\r\n0\r\n\r\n'), 400],
  ['a chunk size that ends in a bare LF', chunked('2\nhi\r\n0\r\n\r\n'), 400],
  ['a chunk that is longer than it says', chunked('2\r\nhihi\r\n0\r\n\r\n'), 400],
  ['a folded header field', post('X: a\r\n b\r\nContent-Length: 2\r\n', 'hi'), 400],
  ['bare LF throughout', 'POST /v2/users/human HTTP/1.1\nHost: x\nContent-Length: 2\n\nhi', 400],
  ['a bare LF between header fields', post('X: a\nContent-Length: 2\r\n', 'hi'), 400],
  ['a bare CR between header fields', post('X: a\rContent-Length: 2\r\n', 'hi'), 400],
  ['NUL in a header field', post('X: a\0b\r\nContent-Length: 2\r\n', 'hi'), 400],
  ['two hosts', request('/healthz', 'Host: y\r\n'), 400],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n', 400],
  ['the start of HTTP/2, but for one letter', 'PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n', 400],
  ['a blank in the path', 'GET /healthz /x HTTP/1.1\r\nHost: x\r\n\r\n', 400],
];

function post(fields: string, body: string): string {
  return `POST /v2/users/human HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;
}

function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body);
}

test('what can be read in two ways is refused, and the connection ends', async (context) => {
  const server = await serve(context);
  for (const [what, bytes, status] of refusedShapes) {
    // What follows would be the smuggled request.
    const answer = await dial(server.origin, bytes + request('/healthz')).closed;
    assert.deepEqual(statusesIn(answer), [status], what);
    assert.doesNotMatch(answer, /"alive"|at \S+ \(/, what);
  }
  await isServed(server);
});

test('most that is allowed is taken', async (context) => {
  const server = await serve(context);
  const most = request('/healthz', `${'X: y\r\n'.repeat(98)}Connection: close\r\n`);
  assert.deepEqual(statusesIn(await dial(server.origin, most).closed), [200]);
  const long = request('/healthz', `X: ${'y'.repeat(15_000)}\r\nConnection: close\r\n`);
  assert.deepEqual(statusesIn(await dial(server.origin, long).closed), [200]);
});

test('what is no HTTP is told so after the answers to what came before', async (context) => {
  const server = await serve(context);
  const asked = request('/v2/users/1', `Authorization: Bearer ${server.token}\r\n`).repeat(3);
  const answer = await dial(server.origin, `${asked}this is not http\r\n\r\n`).closed;
  assert.deepEqual(statusesIn(answer), [200, 200, 200, 400]);
});

test('HEAD is answered as GET without its body, and no answer tells what serves it', async (context) => {
  const { origin } = await serve(context);
  const answer = await dial(origin, request('/healthz', 'Connection: close\r\n').replace('GET', 'HEAD')).closed;
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\nx-content-type-options: nosniff\r\n/);
  assert.doesNotMatch(answer, /\r\n(?:server|x-powered-by):/i);
  assert.match(answer, /\r\n\r\n$/);
});

test('a method that nobody serves is answered, whatever it is', async (context) => {
  const { origin } = await serve(context);
  for (const method of ['OPTIONS', 'TRACE', 'QUERY', 'PROPFIND']) {
    for (const path of ['/healthz', '/v2/users/1', '/v4/citizenaccess/citizens/1', '/directory/v1/users/1']) {
      const asked = request(path, 'Connection: close\r\n').replace('GET', method);
      const [status = 0] = statusesIn(await dial(origin, asked).closed);
      assert.ok((status >= 400 && status < 500) || status === 501, `${method} ${path}: ${status}`);
    }
  }
});

test('a half-open connection is closed once its requests are answered', async (context) => {
  const { origin } = await serve(context);
  const peer: RawPeer = dial(origin, request('/healthz'));
  await peer.until('"alive"');
  peer.socket.end();
  assert.deepEqual(statusesIn(await peer.closed), [200]);
});

test('a WebSocket that never reads is closed, and others are answered meanwhile', async (context) => {
  const server = await serve(context, {
    socketLimits: { readWithinMs: 300, closeWithinMs: 300, maxUnreadBytes: 10_000 },
  });
  const url = `${server.origin.replace('http', 'ws')}/dh/websocket`;
  const [deaf, other] = [new WebSocket(url), new WebSocket(url)];
  await Promise.all([once(deaf, 'open'), once(other, 'open')]);
  deaf.pause();
  deaf.on('error', () => {});
  const asked = JSON.stringify({ action: 'server/info', requestId: 'x'.repeat(1_000) });
  for (let count = 0; count < 20_000; count++) deaf.send(asked);
  while ((await figure(server, 'muster_sockets')) > 1) await isServed(server);
  other.send(JSON.stringify({ action: 'server/info', requestId: 1 }));
  const [data] = await once(other, 'message');
  assert.equal(JSON.parse(String(data)).status, 'success');
  other.terminate();
  deaf.terminate();
});

test('WebSockets beyond their limit are told 503', async (context) => {
  const server = await serve(context, { socketLimits: { maxSockets: 2 } });
  const url = `${server.origin.replace('http', 'ws')}/dh/websocket`;
  const kept = [new WebSocket(url), new WebSocket(url)];
  await Promise.all(kept.map((peer) => once(peer, 'open')));
  const [error] = await once(new WebSocket(url), 'error');
  assert.match(String(error), /503/);
  await isServed(server);
  for (const peer of kept) peer.terminate();
});
