import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { registerHealth } from './health.ts';
import { createHttp, type HttpLog } from './http.ts';
import type { Limits } from './limits.ts';
import { Listeners } from './listeners.ts';
import { requestIds } from './request-ids.ts';

class Refused extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

const silent: HttpLog = { debug: () => {}, error: () => {} };

async function serve(
  context: TestContext,
  register: (http: FastifyInstance) => void,
  { log = silent, limits = {} }: { log?: HttpLog; limits?: Partial<Limits> } = {},
) {
  const listeners = new Listeners({ limits });
  const http = createHttp({
    log,
    nextRequestId: requestIds(Uint8Array.of(1, 2, 3, 4, 5, 6)),
    refuseBody: (reason, message) => new Refused(reason, message),
    caseInsensitive: ['/api/v1/'],
    listeners,
  });
  http.register(async (part) => {
    part.setErrorHandler((error: Refused, _request, reply) => {
      reply.code(400).send({ refused: error.reason });
    });
    register(part);
  });
  const origin = await http.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => http.close());
  return { http, listeners, origin, port: Number(new URL(origin).port) };
}

function echoBodies(http: FastifyInstance): void {
  http.all('/echo', async (request) => ({
    buffer: Buffer.isBuffer(request.body),
    text: request.body === undefined ? null : String(request.body),
  }));
}

/** Sends bytes as they are and answers everything that comes back until the server ends the connection. */
function exchange(port: number, bytes: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('hands bodies over raw, whatever their type, for every method that has one', async (context) => {
  const { origin } = await serve(context, echoBodies);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const type of ['application/json', 'text/xml; charset=utf-8', 'application/x-www-form-urlencoded', 'a/b']) {
      const answer = await fetch(`${origin}/echo`, { method, body: '{"é', headers: { 'content-type': type } });
      assert.deepEqual(await answer.json(), { buffer: true, text: '{"é' }, `${method} ${type}`);
    }
  }
});

test('an empty body is undefined, with and without a content type', async (context) => {
  const { origin } = await serve(context, echoBodies);
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await fetch(`${origin}/echo`, { method: 'PUT', headers });
    assert.deepEqual(await answer.json(), { buffer: false, text: null });
  }
});

test('a body without a content type arrives too', async (context) => {
  const { port } = await serve(context, echoBodies);
  const request = 'PUT /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi';
  assert.match(await exchange(port, request), /\{"buffer":true,"text":"hi"\}$/);
});

test('a body over 1 MiB is refused as the part says, and the caller gets to read it', async (context) => {
  const { origin } = await serve(context, echoBodies);
  const most = await fetch(`${origin}/echo`, { method: 'POST', body: 'x'.repeat(1_048_576) });
  assert.equal(most.status, 200);
  const declared = await fetch(`${origin}/echo`, { method: 'POST', body: 'x'.repeat(3_000_000) });
  assert.deepEqual(await declared.json(), { refused: 'body_too_large' });
  const stream = new Blob(['x'.repeat(1_048_577)]).stream();
  const streamed = await fetch(`${origin}/echo`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  assert.deepEqual(await streamed.json(), { refused: 'body_too_large' });
});

test('a content type that is none is refused as the part says', async (context) => {
  const { port } = await serve(context, echoBodies);
  const request = (type: string) =>
    `PUT /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\nhi`;
  assert.match(await exchange(port, request('nonsense')), /"refused":"media_type_unsupported"/);
  assert.match(await exchange(port, request('')), /"refused":"media_type_unsupported"/);
});

test('a body that belongs to no part is refused as a problem', async (context) => {
  const { origin, port } = await serve(context, () => {});
  const typed = await exchange(
    port,
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: nonsense\r\n\r\n',
  );
  assert.match(typed, /^HTTP\/1\.1 415 [\s\S]*"reason":"media_type_unsupported"/);
  const large = await fetch(`${origin}/nowhere`, { method: 'POST', body: 'x'.repeat(1_048_577) });
  assert.equal(large.status, 413);
});

test('a path that is too long is refused under a request id too', async (context) => {
  const { origin } = await serve(context, (http) => http.get('/id/:id', async (request) => ({ id: request.id })));
  const answer = await fetch(`${origin}/id/${'1'.repeat(9000)}`);
  assert.equal(answer.status, 414);
  assert.notEqual(answer.headers.get('x-request-id'), null);
});

test('answers carry a fresh request id; a given one is not trusted', async (context) => {
  const { origin } = await serve(context, (http) => http.get('/id', async (request) => ({ id: request.id })));
  const first = await fetch(`${origin}/id`, { headers: { 'x-request-id': 'mine' } });
  const second = await fetch(`${origin}/id`);
  assert.equal(first.headers.get('x-request-id'), ((await first.json()) as { id: string }).id);
  assert.notEqual(first.headers.get('x-request-id'), 'mine');
  assert.notEqual(first.headers.get('x-request-id'), second.headers.get('x-request-id'));
  assert.equal(first.headers.get('x-powered-by'), null);
});

test('paths under a prefix that ignores case are matched in lower case, queries kept', async (context) => {
  const { origin } = await serve(context, (http) => {
    http.get('/api/v1/users/:id', async (request) => ({ id: request.params, query: request.query }));
    http.get('/other/:id', async (request) => ({ id: request.params }));
  });
  const answer = await fetch(`${origin}/API/V1/Users/AbC?Lang=De`);
  assert.deepEqual(await answer.json(), { id: { id: 'abc' }, query: { Lang: 'De' } });
  assert.deepEqual(await (await fetch(`${origin}/other/AbC`)).json(), { id: { id: 'AbC' } });
  assert.equal((await fetch(`${origin}/OTHER/AbC`)).status, 404);
});

test('what belongs to no part answers problem+json', async (context) => {
  const { origin } = await serve(context, () => {});
  const answer = await fetch(`${origin}/nowhere`);
  assert.equal(answer.status, 404);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const { status, code, reason } = (await answer.json()) as Record<string, unknown>;
  assert.deepEqual({ status, code, reason }, { status: 404, code: 'not_found', reason: 'route_not_found' });
});

test('a path with broken escapes is read as the text that it is, by whom it is meant for', async (context) => {
  const { origin } = await serve(context, (http) => {
    http.get('/v2/users/:id', async (request) => request.params);
  });
  const read = async (sent: string) =>
    ((await (await fetch(`${origin}/v2/users/${sent}`)).json()) as { id: string }).id;
  for (const text of ['%zz', 'a%', '%ff', '%C3%A9%C3']) assert.equal(await read(text), text);
  assert.equal(await read('%C3%A9'), 'é');
  assert.equal(await read('%25zz'), '%zz');
});

test('each part has its own not-found answer under its prefix', async (context) => {
  const { origin } = await serve(context, (http) => {
    http.register(
      async (part) => {
        part.setNotFoundHandler((_request, reply) => reply.code(404).send({ mine: true }));
      },
      { prefix: '/v2' },
    );
  });
  assert.deepEqual(await (await fetch(`${origin}/v2/nowhere`)).json(), { mine: true });
  assert.equal(((await (await fetch(`${origin}/nowhere`)).json()) as { reason: string }).reason, 'route_not_found');
});

test('malformed HTTP and overlong headers are answered and the connection ends', async (context) => {
  const { port } = await serve(context, () => {});
  assert.match(await exchange(port, 'this is not http\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*problem\+json/);
  const overlong = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`;
  assert.match(await exchange(port, overlong), /^HTTP\/1\.1 431 /);
});

test('logs requests at debug without their query', async (context) => {
  const lines: object[] = [];
  const { origin } = await serve(context, echoBodies, {
    log: { ...silent, debug: (facts: object) => lines.push(facts) },
  });
  await (await fetch(`${origin}/echo?token=hidden`)).text();
  await new Promise(setImmediate);
  assert.equal(lines.length, 1);
  assert.match(JSON.stringify(lines), /"path":"\/echo"/);
  assert.doesNotMatch(JSON.stringify(lines), /hidden/);
});

test('who takes too long with headers or body is told so, and an idle connection is closed', async (context) => {
  const limits = { headersMs: 200, requestMs: 300, keepAliveMs: 200, checkMs: 50 };
  const { port } = await serve(context, echoBodies, { limits });
  const [silence, headers, body, idle] = await Promise.all([
    exchange(port, ''),
    exchange(port, 'PUT /echo HTTP/1.1\r\nHost: x\r\n'),
    exchange(port, 'PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhi'),
    exchange(port, 'PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi'),
  ]);
  for (const answer of [silence, headers, body]) assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(idle, /^HTTP\/1\.1 200 OK\r\n/);
});

test('closing does not wait for ever for who never finishes', async (context) => {
  const { http, port } = await serve(context, echoBodies, { limits: { drainMs: 200 } });
  const cut = exchange(port, 'PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhi');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await http.close();
  assert.equal(await cut.catch(() => ''), '');
});

test('closing finishes what is in flight, says so, and closes idle connections', async (context) => {
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { http, origin, port } = await serve(context, (part) => {
    part.get('/slow', async () => {
      arrive();
      await mayAnswer;
      return { done: true };
    });
  });
  const idle = exchange(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const inFlight = fetch(`${origin}/slow`);
  await arrived;
  const closed = http.close();
  setTimeout(answerNow, 100);
  const answer = await inFlight;
  assert.deepEqual(await answer.json(), { done: true });
  assert.equal(answer.headers.get('connection'), 'close');
  await closed;
  assert.match(await idle, /^HTTP\/1\.1 404 /);
  await assert.rejects(fetch(origin));
});

// Elsewhere than on Linux the machine has but one address of its own unless it is given others.
const hasMore = process.platform === 'linux';

test('other addresses are served alike, until it closes', { skip: !hasMore }, async (context) => {
  const { http, listeners, origin } = await serve(context, echoBodies);
  await listeners.listenAlso(['127.0.0.1', '127.0.0.2', '203.0.113.1']);
  const other = origin.replace('127.0.0.1', '127.0.0.2');
  for (const at of [origin, other]) assert.equal((await fetch(`${at}/echo`)).status, 200);
  assert.match(
    await exchange(Number(new URL(other).port), 'nonsense\r\n\r\n', '127.0.0.2'),
    /^HTTP\/1\.1 400 .*\r\n.*problem/,
  );
  await http.close();
  for (const at of [origin, other]) await assert.rejects(fetch(`${at}/echo`));
});

test('/healthz is alive at once, /readyz when it can work', async (context) => {
  let broken = false;
  const { origin } = await serve(context, (http) =>
    registerHealth(http, async () => {
      if (broken) throw new Error('the store is away');
    }),
  );
  assert.equal((await fetch(`${origin}/healthz`)).status, 200);
  assert.equal((await fetch(`${origin}/readyz`)).status, 200);
  broken = true;
  const answer = await fetch(`${origin}/readyz`);
  assert.equal(answer.status, 503);
  assert.doesNotMatch(await answer.text(), /the store is away/);
  assert.equal((await fetch(`${origin}/healthz`)).status, 200);
});
