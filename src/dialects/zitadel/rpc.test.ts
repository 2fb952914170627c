import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { createServerTransport } from '@zitadel/client/node';
import { CredentialsCheckErrorSchema, ErrorDetailSchema } from '@zitadel/proto/zitadel/message_pb.js';
import {
  ListUsersRequestSchema,
  UpdateHumanUserRequestSchema,
  UpdateHumanUserResponseSchema,
  UserService,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { routes } from './routes.ts';
import { type Client, startClient } from './test-client.ts';

const path = (name: string): string => `/zitadel.user.v2.UserService/${name}`;

/** The same client over each protocol. */
function clientsOf({ server: { origin, token } }: Client, headers: Readonly<Record<string, string>> = {}) {
  const given: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries({ authorization: `Bearer ${token}`, ...headers })) {
      request.header.set(name, value);
    }
    return next(request);
  };
  const options = { baseUrl: origin, interceptors: [given] };
  // Its transport sets the token itself.
  const bearer = headers['authorization']?.replace('Bearer ', '') ?? token;
  return {
    connect: createClient(UserService, createConnectTransport(options)),
    binary: createClient(UserService, createConnectTransport({ ...options, useBinaryFormat: true })),
    web: createClient(UserService, createGrpcWebTransport(options)),
    grpc: createClient(UserService, createServerTransport(bearer, { baseUrl: origin, interceptors: [given] })),
  };
}

type AnyClient = ReturnType<typeof clientsOf>['connect'];

async function errorOf(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('The call was not refused.');
}

/** Does the same over each protocol. */
async function overEach(
  clients: ReturnType<typeof clientsOf>,
  act: (client: AnyClient, name: string) => Promise<void>,
) {
  for (const [name, client] of Object.entries(clients)) await act(client, name);
}

test("an error has the vendor's id, text and detail over each protocol", async (t) => {
  const client = await startClient(t);
  await overEach(clientsOf(client), async (users, name) => {
    const error = await errorOf(users.lockUser({ userId: '404' }));
    assert.deepEqual(
      [error.code, error.rawMessage],
      [Code.NotFound, 'User could not be found (COMMAND-450yxuqrh1)'],
      name,
    );
    const [detail] = error.findDetails(ErrorDetailSchema);
    assert.deepEqual([detail?.id, detail?.message], ['COMMAND-450yxuqrh1', 'User could not be found'], name);
  });
});

test("an error is told in the caller's language over each protocol", async (t) => {
  const client = await startClient(t);
  await overEach(clientsOf(client, { 'accept-language': 'de-CH' }), async (users, name) => {
    const { rawMessage } = await errorOf(users.lockUser({ userId: '404' }));
    assert.equal(rawMessage, 'Der Benutzer wurde nicht gefunden (COMMAND-450yxuqrh1)', name);
  });
});

test('a wrong password tells how often it was wrong', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  await client.put(id, { password: { password: { password: 'Secr3tP4ssw0rd!' } } });
  const self = await client.as(id);
  let attempts = 0;
  await overEach(clientsOf(client, self), async (users, name) => {
    const verification = { case: 'currentPassword', value: 'wrong' } as const;
    const passwordType = { case: 'password', value: { password: 'An0ther!Secret' } } as const;
    const error = await errorOf(users.updateHumanUser({ userId: id, password: { passwordType, verification } }));
    const [detail] = error.findDetails(CredentialsCheckErrorSchema);
    attempts += 1;
    assert.deepEqual([detail?.id, detail?.failedAttempts], ['COMMAND-3M0fs', attempts], name);
  });
});

test("Connect's error is JSON with unpadded base64, gRPC's a status in trailers", async (t) => {
  const client = await startClient(t);
  const { status, headers, body } = await client.send('POST', path('GetUserByID'), { userId: '404' });
  assert.equal(status, 404);
  assert.equal(headers.get('content-type'), 'application/json');
  const detail = { id: 'QUERY-Dfbg2', message: 'User could not be found' };
  const value = Buffer.from(toBinary(ErrorDetailSchema, create(ErrorDetailSchema, detail))).toString('base64');
  assert.deepEqual(body, {
    code: 'not_found',
    message: 'User could not be found (QUERY-Dfbg2)',
    details: [{ type: 'zitadel.v1.ErrorDetail', value: value.replace(/=+$/, ''), debug: detail }],
  });
  const { trailers, status: http } = await grpc(t, client, 'GetUserByID', { body: enveloped('\x0a\x03404') });
  assert.deepEqual([http, trailers['grpc-status']], [200, '5']);
  assert.equal(decodeURIComponent(String(trailers['grpc-message'])), 'User could not be found (QUERY-Dfbg2)');
  assert.ok(trailers['grpc-status-details-bin']);
});

test('a broken rule has its text and no detail', async (t) => {
  const client = await startClient(t);
  await overEach(clientsOf(client), async (users, name) => {
    const error = await errorOf(users.getUserByID({ userId: '' }));
    assert.equal(error.code, Code.InvalidArgument, name);
    assert.match(error.rawMessage, /^invalid GetUserByIDRequest\.UserId: value length must be between 1 and 200 runes/);
    assert.deepEqual(error.details, [], name);
  });
});

test('a missing token beats a bad body, a wrong one too', async (t) => {
  const client = await startClient(t);
  for (const type of ['application/json', 'application/proto']) {
    const headers = { 'content-type': type, authorization: '' };
    const { status, body } = await client.send('POST', path('LockUser'), '{', headers);
    assert.deepEqual([status, body], [401, { code: 'unauthenticated', message: 'auth header missing' }], type);
    const wrong = await client.send('POST', path('LockUser'), '{', {
      'content-type': type,
      authorization: 'Bearer no',
    });
    assert.deepEqual([wrong.status, wrong.body.message], [401, 'Token is invalid (AUTH-7fs1e)'], type);
  }
  const { trailers } = await grpc(t, client, 'LockUser', { body: Buffer.from('nonsense'), authorization: '' });
  assert.deepEqual([trailers['grpc-status'], trailers['grpc-message']], ['16', 'auth%20header%20missing']);
});

test('what is not built, and what there is not, is Unimplemented over each protocol', async (t) => {
  const client = await startClient(t);
  const unbuilt = routes.filter(({ operation }) => operation === 'unbuilt').map(({ rpc }) => rpc);
  assert.ok(unbuilt.length > 0);
  await overEach(clientsOf(client), async (users, name) => {
    for (const rpc of unbuilt)
      assert.equal(
        (await errorOf((Reflect.get(users, rpc) as (request: object) => Promise<unknown>)({}))).code,
        Code.Unimplemented,
        `${name} ${rpc}`,
      );
  });
  const { status, body } = await client.send('POST', path('NoSuchUser'), {});
  assert.deepEqual(
    [status, body],
    [501, { code: 'unimplemented', message: 'There is no zitadel.user.v2.UserService/NoSuchUser.' }],
  );
  assert.equal((await grpc(t, client, 'NoSuchUser', { body: enveloped('') })).trailers['grpc-status'], '12');
});

test('other methods, media types and versions of HTTP are told so', async (t) => {
  const { server } = await startClient(t);
  const ask = async (method: string, type: string) => {
    const answer = await fetch(server.origin + path('LockUser'), { method, headers: { 'content-type': type } });
    return [answer.status, answer.headers.get('allow')];
  };
  assert.deepEqual(await ask('GET', 'application/json'), [405, 'POST']);
  for (const type of ['text/plain', 'application/connect+proto', 'application/grpc-web-text']) {
    assert.deepEqual(await ask('POST', type), [415, null], type);
  }
  assert.deepEqual(await ask('POST', 'application/grpc'), [505, null]);
});

test('a fault of our own is Internal, without its text', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  client.server.directory.as = () => {
    throw new Error('inner text');
  };
  await overEach(clientsOf(client), async (users, name) => {
    const error = await errorOf(users.getUserByID({ userId: id }));
    assert.deepEqual(
      [error.code, error.rawMessage, error.details],
      [Code.Internal, 'An internal error occurred', []],
      name,
    );
  });
});

test('If-Match, Idempotency-Key, Muster-Dry-Run, x-zitadel-orgid, ETag and x-request-id work as over REST', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  await overEach(clientsOf(client, { 'if-match': '"7"' }), async (users, name) => {
    const error = await errorOf(users.updateHumanUser({ userId: id, username: 'stale' }));
    assert.equal(error.code, Code.Aborted, name);
  });
  await overEach(clientsOf(client, { 'muster-dry-run': 'true' }), async (users) => {
    await users.updateHumanUser({ userId: id, username: 'dry' });
  });
  await overEach(clientsOf(client, { 'x-zitadel-orgid': '404' }), async (users, name) => {
    const person = { profile: { givenName: 'A', familyName: 'B' }, email: { email: 'a@b.c' } };
    assert.match((await errorOf(users.addHumanUser(person))).message, /COMMA-095xh8fll1/, name);
  });
  assert.equal((await client.read(id)).details.sequence, '1');
  let version = 1;
  for (const [name, users] of Object.entries(clientsOf(client, { 'idempotency-key': 'once' }))) {
    let headers = new Headers();
    const update = () =>
      users.updateHumanUser(
        { userId: id, username: name },
        {
          onHeader: (received) => {
            headers = received;
          },
        },
      );
    if (name === 'connect') version += 1;
    const first = name === 'connect' ? await update() : undefined;
    if (first === undefined) {
      // Another body under the same key; JSON and the binary form of it are not the same.
      assert.equal((await errorOf(update())).code, Code.InvalidArgument, name);
      continue;
    }
    assert.deepEqual(await update(), first);
    assert.equal(headers.get('etag'), `"${version}"`);
    assert.match(headers.get('x-request-id') ?? '', /^\w+-\w+$/);
  }
  const grpcAnswer = await grpc(t, client, 'LockUser', { body: enveloped(`\x0a\x01${id}`) });
  assert.deepEqual([grpcAnswer.trailers['grpc-status'], grpcAnswer.headers['etag']], ['0', '"3"']);
  assert.match(String(grpcAnswer.headers['x-request-id']), /^\w+-\w+$/);
});

test('bodies are bounded in size and depth over each protocol, also when they are compressed', async (t) => {
  const client = await startClient(t);
  const large = 'x'.repeat(1_048_577);
  const json = await client.send('POST', path('LockUser'), { userId: large });
  assert.deepEqual([json.status, json.body.code], [429, 'resource_exhausted']);
  const compressed = await send(client, 'LockUser', gzipSync(JSON.stringify({ userId: large })), {
    'content-encoding': 'gzip',
  });
  assert.deepEqual([compressed.status, compressed.body.code], [429, 'resource_exhausted']);
  assert.equal((await grpc(t, client, 'LockUser', { body: enveloped(large) })).trailers['grpc-status'], '8');
  const bomb = enveloped(gzipSync(large), 1);
  assert.equal(
    (await grpc(t, client, 'LockUser', { body: bomb, 'grpc-encoding': 'gzip' })).trailers['grpc-status'],
    '8',
  );
  const deep = `{"x":${'['.repeat(200)}${']'.repeat(200)}}`;
  assert.equal((await client.send('POST', path('LockUser'), deep)).body.code, 'invalid_argument');
  let query: object = { query: { case: 'inUserIdsQuery', value: {} } };
  for (let level = 0; level < 200; level++) query = { query: { case: 'notQuery', value: { query } } };
  const nested = toBinary(ListUsersRequestSchema, create(ListUsersRequestSchema, { queries: [query] }));
  const [status] = [(await grpc(t, client, 'ListUsers', { body: enveloped(nested) })).trailers['grpc-status']];
  assert.ok(status === '3' || status === '12', String(status));
});

test('messages come in gzip, too; in nothing else', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const named = (username: string) =>
    toBinary(UpdateHumanUserRequestSchema, create(UpdateHumanUserRequestSchema, { userId: id, username }));
  const connectAnswer = await send(client, 'UpdateHumanUser', gzipSync(named('by-connect')), {
    'content-type': 'application/proto',
    'content-encoding': 'gzip',
  });
  assert.equal(connectAnswer.status, 200);
  const body = enveloped(gzipSync(named('by-grpc')), 1);
  const answer = await grpc(t, client, 'UpdateHumanUser', { body, 'grpc-encoding': 'gzip' });
  assert.equal(answer.trailers['grpc-status'], '0');
  assert.equal(fromBinary(UpdateHumanUserResponseSchema, answer.body.subarray(5)).details?.sequence, 3n);
  assert.equal((await client.read(id)).username, 'by-grpc');
  const other = await grpc(t, client, 'UpdateHumanUser', { body, 'grpc-encoding': 'zstd' });
  assert.equal(other.trailers['grpc-status'], '12');
  const broken = await grpc(t, client, 'UpdateHumanUser', { body: enveloped('no gzip', 1), 'grpc-encoding': 'gzip' });
  assert.equal(broken.trailers['grpc-status'], '3');
});

test('what is no message changes nothing and is told so', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const wrong: readonly [body: Buffer, status: string][] = [
    [Buffer.of(), '12'],
    [Buffer.from('\0\0\0'), '3'],
    [enveloped('\x0a\x05x'), '3'],
    [enveloped(`\x0a\x01${id}`).subarray(0, 7), '3'],
    [Buffer.concat([enveloped(`\x0a\x01${id}`), enveloped('')]), '12'],
    // Not UTF-8.
    [enveloped(Buffer.from('\x0a\x01\xff', 'latin1')), '3'],
  ];
  for (const [body, status] of wrong) {
    const { trailers } = await grpc(t, client, 'LockUser', { body });
    assert.equal(trailers['grpc-status'], status, body.toString('hex'));
  }
  assert.equal((await client.read(id)).details.sequence, '1');
});

test("a caller's deadline ends its waiting", async (t) => {
  const client = await startClient(t);
  const { promise: never } = Promise.withResolvers<never>();
  const past = await client.send('POST', path('GetUserByID'), { userId: '1' }, { 'connect-timeout-ms': '0' });
  assert.deepEqual([past.status, past.body.code], [504, 'deadline_exceeded']);
  const far = await client.send('POST', path('GetUserByID'), { userId: '1' }, { 'connect-timeout-ms': '9999999999' });
  assert.equal(far.status, 200);
  const bad = await client.send('POST', path('GetUserByID'), { userId: '1' }, { 'connect-timeout-ms': 'soon' });
  assert.deepEqual([bad.status, bad.body.code], [400, 'invalid_argument']);
  client.server.directory.as = () => ({ getBy: () => never }) as never;
  const { trailers } = await grpc(t, client, 'GetUserByID', { body: enveloped('\x0a\x011'), 'grpc-timeout': '50m' });
  assert.equal(trailers['grpc-status'], '4');
});

test('calls are counted and recorded as those of REST are', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  await clientsOf(client).grpc.updateHumanUser({ userId: id, username: 'by-grpc' });
  const key = (await client.server.directory.resolve('zitadel', id)) ?? 0;
  const { via, address } = (await client.server.store.changesOf('user', key)).at(-1) ?? {};
  assert.deepEqual([via, address], ['zitadel', '127.0.0.1']);
  const figures = await (await fetch(`${client.server.origin}/metrics`)).text();
  assert.match(
    figures,
    /^muster_http_request_duration_seconds_count\{dialect="zitadel",method="POST",status="2xx"\} 1$/m,
  );
});

interface GrpcAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** A call by hand: header fields, and a body that may be anything. */
function grpc(
  t: TestContext,
  { server }: Client,
  name: string,
  { body, ...fields }: { body: Buffer } & Record<string, unknown>,
): Promise<GrpcAnswer> {
  const session = connect(server.origin);
  t.after(() => session.destroy());
  const given = { authorization: `Bearer ${server.token}`, ...(fields as Record<string, string>) };
  if (given.authorization === '') Reflect.deleteProperty(given, 'authorization');
  const stream = session.request({
    ':method': 'POST',
    ':path': path(name),
    'content-type': 'application/grpc',
    ...given,
  });
  return new Promise((resolve, reject) => {
    const [chunks, seen]: [Buffer[], { headers: object; trailers: object }] = [[], { headers: {}, trailers: {} }];
    stream.on('response', (headers) => {
      seen.headers = headers;
    });
    stream.on('trailers', (trailers) => {
      seen.trailers = trailers;
    });
    stream.on('data', (chunk) => chunks.push(Buffer.from(chunk))).on('error', reject);
    stream.on('close', () => {
      session.close();
      const { headers, trailers } = seen as Pick<GrpcAnswer, 'headers' | 'trailers'>;
      resolve({ status: Number(headers[':status']), headers, trailers, body: Buffer.concat(chunks) });
    });
    stream.end(body);
  });
}

function enveloped(message: string | Uint8Array, flags = 0): Buffer {
  const bytes = Buffer.from(message as string, 'latin1');
  const head = Buffer.of(flags, 0, 0, 0, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Connect with a body of bytes. */
async function send({ server }: Client, name: string, body: Buffer<ArrayBuffer>, headers: Record<string, string>) {
  const answer = await fetch(server.origin + path(name), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return { status: answer.status, body: isJson ? JSON.parse(text) : undefined };
}
