import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { dial } from '#test/raw.ts';
import { originOf, trustedProxies } from './forwarded.ts';
import { createHttp } from './http.ts';
import type { Limits } from './limits.ts';
import { Listeners } from './listeners.ts';
import { requestIds } from './request-ids.ts';

async function serve(context: TestContext, limits: Partial<Limits> = {}, register?: (http: FastifyInstance) => void) {
  const proxies = trustedProxies(['loopback']);
  const listeners = new Listeners({ limits });
  const http = createHttp({
    log: { debug: () => {}, error: (facts) => assert.fail(JSON.stringify(facts)) },
    nextRequestId: requestIds(Uint8Array.of(1, 2, 3, 4, 5, 6)),
    refuseBody: (reason) => Object.assign(new Error(reason), { statusCode: 400 }),
    listeners,
    proxies,
  });
  http.register(async (part) => {
    part.setErrorHandler((error: Error, _request, reply) => void reply.code(400).send({ refused: error.message }));
    part.all('/echo', async ({ body, ip }) => ({ body: body ? String(body) : null, ip }));
    part.get('/origin', async ({ raw }) => originOf(raw, proxies));
    register?.(part);
  });
  const origin = await http.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => http.close());
  return { http, listeners, origin };
}

function open(context: TestContext, origin: string): ClientHttp2Session {
  const session = connect(origin);
  session.on('error', () => {});
  context.after(() => session.destroy());
  return session;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What the stream was reset with; 0 when it was not. */
  readonly code: number | undefined;
}

async function answerTo(stream: ClientHttp2Stream): Promise<Answer> {
  let [headers, text]: [Record<string, unknown>, string] = [{}, ''];
  stream.on('error', () => {});
  stream.on('response', (received) => {
    headers = received;
  });
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => stream.on('close', resolve));
  return { status: headers[':status'] as number | undefined, headers, text, code: stream.rstCode };
}

function ask(session: ClientHttp2Session, headers: Record<string, string>, body?: string): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return answerTo(stream);
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const settings = frame(4, 0, 0, '');
/** What the server says to our settings. */
const acknowledged = frame(4, 1, 0, '');

/** A frame as latin1; header blocks are written by hand, from HPACK's static table and literals. */
function frame(type: number, flags: number, stream: number, payload: string): string {
  return `${String.fromCharCode(0, 0, payload.length, type, flags, 0, 0, 0, stream)}${payload}`;
}

test('one port answers HTTP/1.1 and HTTP/2, with the same routes, ids and headers', async (context) => {
  const { origin } = await serve(context);
  const session = open(context, origin);
  const [first, second] = await Promise.all([
    ask(session, { ':path': '/echo', ':method': 'PUT', 'content-type': 'text/plain' }, 'one'),
    ask(session, { ':path': '/echo' }),
  ]);
  assert.deepEqual([first.status, first.text], [200, '{"body":"one","ip":"127.0.0.1"}']);
  assert.deepEqual([second.status, second.text], [200, '{"body":null,"ip":"127.0.0.1"}']);
  assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
  assert.equal(first.headers['x-content-type-options'], 'nosniff');
  assert.equal((await fetch(`${origin}/echo`)).status, 200);
  const odd = await ask(session, { ':path': '/echo', ':method': 'PROPFIND' });
  assert.equal(odd.status, 404);
});

test('a body is read though nothing announces it', async (context) => {
  const session = open(context, (await serve(context)).origin);
  assert.match((await ask(session, { ':path': '/echo', ':method': 'PUT' }, 'silent')).text, /"body":"silent"/);
});

test('where a caller has reached the server stands in the authority', async (context) => {
  const { origin } = await serve(context);
  const session = open(context, origin);
  assert.equal((await ask(session, { ':path': '/origin' })).text, origin);
  assert.equal(
    (await ask(session, { ':path': '/origin', ':authority': 'users.example.com' })).text,
    'http://users.example.com',
  );
});

test('a trusted proxy says whom a stream comes from', async (context) => {
  const session = open(context, (await serve(context)).origin);
  const { text } = await ask(session, { ':path': '/echo', 'x-forwarded-for': '198.51.100.7' });
  assert.match(text, /"ip":"198\.51\.100\.7"/);
});

test('a preface in many packets is one all the same', async (context) => {
  const { origin } = await serve(context);
  const peer = dial(origin);
  peer.socket.setNoDelay(true);
  for (const byte of preface) {
    peer.socket.write(byte);
    await sleep(2);
  }
  peer.socket.write(settings, 'latin1');
  // The server's own settings, and that it has heard of ours.
  await peer.until(acknowledged);
  peer.socket.destroy();
});

test('what only begins like a preface is HTTP/1.1', async (context) => {
  const { origin } = await serve(context);
  assert.match(await dial(origin, 'PRIX * HTTP/1.1\r\n\r\n').closed, /^HTTP\/1\.1 400 /);
  const slow = dial(origin, 'P');
  await sleep(20);
  slow.socket.write('UT /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi');
  assert.match(await slow.closed, /^HTTP\/1\.1 200 [\s\S]*"body":"hi"/);
});

test('a request of HTTP/1.1 that says it is HTTP/2 is neither', async (context) => {
  const { origin } = await serve(context);
  assert.match(await dial(origin, 'GET /echo HTTP/2.0\r\nHost: x\r\n\r\n').closed, /^HTTP\/1\.1 400 /);
});

test('who says nothing, or not enough, is told 408', async (context) => {
  const { origin } = await serve(context, { headersMs: 150, checkMs: 20 });
  for (const bytes of ['', 'PRI * HT']) assert.match(await dial(origin, bytes).closed, /^HTTP\/1\.1 408 /, bytes);
});

test('a session without a stream is closed, pings or not, and one that waits for its answer is not', async (context) => {
  const { origin } = await serve(context, { keepAliveMs: 200 }, (http) =>
    http.get('/slow', async () => sleep(500, { done: true })),
  );
  const [idle, busy] = [open(context, origin), open(context, origin)];
  const pings = setInterval(() => !idle.destroyed && idle.ping(() => {}), 50);
  context.after(() => clearInterval(pings));
  const slow = ask(busy, { ':path': '/slow' });
  const [code] = await once(idle, 'goaway');
  assert.equal(code, constants.NGHTTP2_NO_ERROR);
  assert.equal((await slow).text, '{"done":true}');
  await once(busy, 'close');
});

test('a body over the limit is refused; one that comes too slowly, or is taken back, never runs', async (context) => {
  let runs = 0;
  const { origin } = await serve(context, { headersMs: 300, requestMs: 300 }, (http) =>
    http.post('/count', async () => {
      runs += 1;
      return {};
    }),
  );
  const session = open(context, origin);
  const head = { ':path': '/count', ':method': 'POST', 'content-type': 'application/proto' };
  const large = await ask(session, head, 'x'.repeat(1_048_577));
  assert.deepEqual([large.status, large.text], [400, '{"refused":"body_too_large"}']);
  const slow = session.request(head);
  slow.write('never ends');
  assert.equal((await answerTo(slow)).code, constants.NGHTTP2_CANCEL);
  const peer = dial(origin, preface + settings);
  const posted = `\x83\x86\x04\x06/count\x01\x01x\x0f\x10\x03a/b`;
  const reset = (id: number) => frame(3, 0, id, '\0\0\0\x08');
  peer.socket.write(frame(1, 4, 1, posted) + frame(0, 0, 1, 'not all') + reset(1), 'latin1');
  peer.socket.write(frame(1, 4, 3, posted) + frame(0, 0, 3, 'not all'), 'latin1');
  await peer.until(acknowledged);
  await sleep(50);
  peer.socket.write(reset(3), 'latin1');
  await sleep(50);
  peer.socket.destroy();
  assert.equal(runs, 0);
  assert.equal((await ask(session, head, 'all')).status, 200);
  assert.equal(runs, 1);
});

test('header fields are bounded in number and size, and hosts must agree', async (context) => {
  const session = open(context, (await serve(context)).origin);
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'y']));
  assert.equal((await ask(session, { ':path': '/echo', ...many(96) })).status, 200);
  assert.equal((await ask(session, { ':path': '/echo', ...many(97) })).status, 431);
  assert.equal((await ask(session, { ':path': '/echo', ...many(200) })).status, undefined);
  assert.equal((await ask(session, { ':path': '/echo', x: 'y'.repeat(17_000) })).status, undefined);
  assert.equal((await ask(session, { ':path': '/echo', ':authority': 'here', host: 'elsewhere' })).status, 400);
  assert.equal((await ask(session, { ':path': '/echo', x: 'y'.repeat(12_000) })).status, 200);
});

test('streams beyond the limit are refused until others end', async (context) => {
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
  const { origin } = await serve(context, { pipelined: 3 }, (http) => http.get('/slow', async () => mayAnswer));
  const peer = dial(origin, preface + settings);
  await peer.until(acknowledged);
  const asked = '\x82\x86\x04\x05/slow\x01\x01x';
  for (let id = 1; id <= 9; id += 2) peer.socket.write(frame(1, 5, id, asked), 'latin1');
  // REFUSED_STREAM, for the fourth and the fifth alone.
  for (const id of [7, 9]) await peer.until(frame(3, 0, id, '\0\0\0\x07'));
  for (const id of [1, 3, 5]) assert.ok(!peer.answer().includes(frame(3, 0, id, '\0\0\0\x07')));
  answerNow();
  peer.socket.destroy();
});

test('who takes back streams without end is cut off, and others are served', async (context) => {
  let runs = 0;
  const { origin } = await serve(context, { resets: 20, resetsPerSecond: 1 }, (http) =>
    http.get('/work', async () => {
      runs += 1;
      return sleep(20, {});
    }),
  );
  const flood = open(context, origin);
  const gone = new Promise((resolve) => flood.on('close', resolve));
  for (let round = 0; round < 100 && !flood.destroyed; round++) {
    for (let count = 0; count < 10 && !flood.destroyed; count++) {
      const stream = flood.request({ ':path': '/work' });
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await sleep(1);
  }
  await gone;
  assert.ok(runs <= 40, `${runs} runs`);
  assert.equal((await ask(open(context, origin), { ':path': '/echo' })).status, 200);
});

test('connections count, whatever they speak; one too many of HTTP/2 is hung up on', async (context) => {
  const { listeners, origin } = await serve(context, { connectionsPerAddress: 2 });
  const kept = [open(context, origin), open(context, origin)];
  for (const session of kept) assert.equal((await ask(session, { ':path': '/echo' })).status, 200);
  assert.equal(listeners.connections.count, 2);
  const third = open(context, origin);
  await once(third, 'close');
  assert.equal(listeners.connections.refusals, 1);
});

test('who does not read its answer is cut off', async (context) => {
  const { origin } = await serve(context, { stalledMs: 300 }, (http) =>
    http.get('/long', async () => 'x'.repeat(10_000_000)),
  );
  const session = open(context, origin);
  const stream = session.request({ ':path': '/long' });
  stream.on('error', () => {});
  stream.pause();
  await once(stream, 'response');
  await once(session, 'close', { signal: AbortSignal.timeout(50) }).catch(() => {});
  await new Promise((resolve) => stream.on('close', resolve).on('aborted', resolve));
  assert.equal((await ask(session, { ':path': '/echo' })).status, 200);
});

test('who reads nothing at all loses its connection', async (context) => {
  const limits = { stalledMs: 200, keepAliveMs: 200 };
  const { listeners, origin } = await serve(context, limits, (http) =>
    http.get('/long', async () => 'x'.repeat(60_000)),
  );
  const peer = dial(origin, preface + settings);
  await peer.until(acknowledged);
  peer.socket.pause();
  for (let id = 1; id < 120; id += 2) peer.socket.write(frame(1, 5, id, '\x82\x86\x04\x05/long\x01\x01x'), 'latin1');
  while (listeners.connections.count > 0) await sleep(20);
});

test('closing says so, finishes what is in flight, and takes nothing new', async (context) => {
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<object>();
  const { http, origin } = await serve(context, {}, (part) => part.get('/slow', async () => mayAnswer));
  const [busy, idle] = [open(context, origin), open(context, origin)];
  await Promise.all([busy, idle].map((session) => ask(session, { ':path': '/echo' })));
  const silent = dial(origin);
  await once(silent.socket, 'connect');
  const slow = ask(busy, { ':path': '/slow' });
  await sleep(50);
  const idleClosed = once(idle, 'close');
  const closed = http.close();
  await once(busy, 'goaway');
  await idleClosed;
  answerNow({ done: true });
  assert.equal((await slow).text, '{"done":true}');
  await closed;
  await silent.closed;
  await assert.rejects(fetch(origin));
});

test('a request on its way when the server begins to leave is served', async (context) => {
  const { listeners, origin } = await serve(context);
  const session = open(context, origin);
  await ask(session, { ':path': '/echo' });
  listeners.leave();
  const [late, anew] = await Promise.all([
    ask(session, { ':path': '/echo' }),
    ask(open(context, origin), { ':path': '/echo' }),
  ]);
  assert.deepEqual([late.status, anew.status], [200, 200]);
  await once(session, 'close');
});

test('closing does not wait for ever for a stream that never ends', async (context) => {
  const { http, origin } = await serve(context, { drainMs: 200 }, (part) =>
    part.get('/never', () => new Promise(() => {})),
  );
  const session = open(context, origin);
  const never = ask(session, { ':path': '/never' });
  // One that goes on holding its end open, too.
  const deaf = dial(origin, preface + settings);
  deaf.socket.pause();
  await sleep(50);
  await http.close();
  assert.equal((await never).status, undefined);
});
