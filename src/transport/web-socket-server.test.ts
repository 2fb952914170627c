import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { SocketLimits } from './socket-connection.ts';
import type { OpenSocket } from './sockets.ts';
import { createSocketServer } from './web-socket-server.ts';

const echo: OpenSocket = (socket) => async (frame) => socket.send(frame);

/** A server on a port of its own, closed with the test. */
async function serve(t: TestContext, open: OpenSocket, limits: Partial<SocketLimits> = {}) {
  const faults: unknown[] = [];
  let ids = 0;
  const sockets = createSocketServer({
    requestId: () => `r${++ids}`,
    onFault: (fault) => faults.push(fault),
    limits: { closeWithinMs: 200, ...limits },
  });
  sockets.route('/echo', open);
  const http = createServer();
  sockets.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  t.after(async () => {
    await sockets.close();
    http.close();
  });
  return { sockets, faults, port, url: `ws://127.0.0.1:${port}/echo` };
}

async function dial(url: string): Promise<WebSocket> {
  const peer = new WebSocket(url);
  await once(peer, 'open');
  return peer;
}

async function nextText(peer: WebSocket): Promise<string> {
  const [data] = await once(peer, 'message');
  return String(data);
}

async function closing(peer: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(peer, 'close');
  return { code, reason: String(reason) };
}

/** The first line that the server answers to an upgrade on this path. */
async function answerTo(port: number, path: string): Promise<string> {
  const stream = connect(port, '127.0.0.1');
  stream.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [data] = await once(stream, 'data');
  stream.destroy();
  return String(data).split('\r\n', 1)[0] ?? '';
}

test('a known path is upgraded, whatever its query, and any other is 404', async (t) => {
  const { port } = await serve(t, echo);
  assert.equal(await answerTo(port, '/echo?token=1'), 'HTTP/1.1 101 Switching Protocols');
  assert.equal(await answerTo(port, '/echo/'), 'HTTP/1.1 404 Not Found');
  assert.equal(await answerTo(port, '/'), 'HTTP/1.1 404 Not Found');
});

test('a socket knows its address and gives each message an id', async (t) => {
  const { url } = await serve(t, (socket) => async () => socket.send(`${socket.address} ${socket.nextRequestId()}`));
  const peer = await dial(url);
  peer.send('a');
  assert.equal(await nextText(peer), '127.0.0.1 r1');
  peer.send('b');
  assert.equal(await nextText(peer), '127.0.0.1 r2');
});

test('the frames of one socket are handled in order, one at a time, however many wait', async (t) => {
  let atWork = 0;
  const { url } = await serve(t, (socket) => async (frame) => {
    assert.equal(++atWork, 1);
    await pause(Number(frame) % 7 === 0 ? 2 : 0);
    atWork--;
    socket.send(frame);
  });
  const peer = await dial(url);
  const received: number[] = [];
  const sent = Array.from({ length: 500 }, (_, index) => index);
  const all = new Promise<void>((resolve) => {
    peer.on('message', (data) => {
      if (received.push(Number(String(data))) === sent.length) resolve();
    });
  });
  for (const frame of sent) peer.send(String(frame));
  await all;
  assert.deepEqual(received, sent);
});

test('a peer that sends faster than it is answered is not read from', async (t) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { url } = await serve(t, () => () => released, { maxQueuedFrames: 4 });
  const peer = await dial(url);
  const frame = 'x'.repeat(100_000);
  for (let sent = 0; sent < 400; sent++) peer.send(frame);
  await pause(300);
  assert.ok(peer.bufferedAmount > 5_000_000, `${peer.bufferedAmount} bytes still wait at the sender`);
  release();
});

test('a peer that does not read its answers is closed with a reason', async (t) => {
  const { url } = await serve(t, (socket) => async () => socket.send('x'.repeat(1_000_000)), {
    readWithinMs: 100,
    closeWithinMs: 5_000,
  });
  const peer = await dial(url);
  peer.pause();
  for (let sent = 0; sent < 60; sent++) peer.send('more');
  await pause(200);
  const closed = closing(peer);
  peer.resume();
  assert.deepEqual(await closed, { code: 1008, reason: 'The answers are not being read.' });
});

test('a peer that never reads again is cut off', async (t) => {
  let opened: { bytesWritten: number; destroyed: boolean } | undefined;
  const { url } = await serve(
    t,
    (socket) => {
      opened = socket.request.socket;
      return async () => socket.send('x'.repeat(1_000_000));
    },
    { readWithinMs: 50, closeWithinMs: 50 },
  );
  const peer = await dial(url);
  peer.on('error', () => {});
  peer.pause();
  for (let sent = 0; sent < 60; sent++) peer.send('more');
  await pause(400);
  assert.equal(opened?.destroyed, true);
  peer.terminate();
});

test('binary frames are refused with 1003', async (t) => {
  const { url } = await serve(t, echo);
  const peer = await dial(url);
  peer.send(Buffer.from('{}'));
  assert.deepEqual(await closing(peer), { code: 1003, reason: 'Only text frames are understood here.' });
});

test('a frame above the limit is refused with 1009', async (t) => {
  const { url } = await serve(t, echo);
  const [small, large] = [await dial(url), await dial(url)];
  small.send('x'.repeat(1_048_576));
  assert.equal((await nextText(small)).length, 1_048_576);
  large.send('x'.repeat(1_048_577));
  assert.equal((await closing(large)).code, 1009);
});

test('a handler that fails is told of, and its socket is closed with 1011', async (t) => {
  const { url, faults } = await serve(t, () => async () => {
    throw new Error('a bug');
  });
  const peer = await dial(url);
  peer.send('x');
  assert.equal((await closing(peer)).code, 1011);
  assert.match(String(faults[0]), /a bug/);
});

test('peers are pinged, and one that does not answer is cut off', async (t) => {
  const { url } = await serve(t, echo, { pingEveryMs: 40 });
  const [living, dead] = [new WebSocket(url), new WebSocket(url, { autoPong: false })];
  let pings = 0;
  living.on('ping', () => pings++);
  await Promise.all([once(living, 'open'), once(dead, 'open')]);
  assert.equal((await closing(dead)).code, 1006);
  await pause(100);
  assert.ok(pings >= 2, `${pings} pings`);
  assert.equal(living.readyState, WebSocket.OPEN);
});

test('closing answers the frame in flight, closes with 1001, and opens nothing more', async (t) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sockets, port, url } = await serve(t, (socket) => async (frame) => {
    await released;
    socket.send(`done ${frame}`);
  });
  const peer = await dial(url);
  const texts: string[] = [];
  peer.on('message', (data) => texts.push(String(data)));
  peer.send('first');
  peer.send('second');
  await pause(50);
  const [closed, end] = [closing(peer), sockets.close()];
  assert.equal(await answerTo(port, '/echo'), 'HTTP/1.1 503 Service Unavailable');
  release();
  assert.deepEqual(await closed, { code: 1001, reason: 'The server is shutting down.' });
  await end;
  assert.deepEqual(texts, ['done first']);
});

test('a peer that pings and never reads the answers is closed', async (t) => {
  const { url } = await serve(t, echo, { maxUnreadBytes: 1_000, closeWithinMs: 60_000 });
  const peer = await dial(url);
  const closed = closing(peer);
  peer.pause();
  // Far more than the system holds for a peer that does not read.
  const data = 'x'.repeat(125);
  for (let sent = 0; sent < 100_000; sent++) peer.ping(data);
  while (peer.bufferedAmount > 0) await pause(1);
  peer.resume();
  assert.deepEqual(await closed, { code: 1008, reason: 'The answers are not being read.' });
});

test('a ping is answered with what it carries', async (t) => {
  const { url } = await serve(t, echo);
  const peer = await dial(url);
  peer.ping('mouse');
  const [data] = await once(peer, 'pong');
  assert.equal(String(data), 'mouse');
});

test('sockets beyond the limit are told 503 until one is closed', async (t) => {
  const { sockets, port, url } = await serve(t, echo, { maxSockets: 1 });
  const peer = await dial(url);
  assert.equal(sockets.count, 1);
  assert.equal(await answerTo(port, '/echo'), 'HTTP/1.1 503 Service Unavailable');
  peer.close();
  await closing(peer);
  assert.equal(await answerTo(port, '/echo'), 'HTTP/1.1 101 Switching Protocols');
});
