import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { credentials, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import { createServerTransport } from '@zitadel/client/node';
import { createUserServiceClient } from '@zitadel/client/v2';
import { UserState } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import { UserService } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { startServer, type TestServer } from '#test/server.ts';
import { httpRuleOf, type Rpc } from './http-rules.ts';

type Methods = typeof UserService.method;

/** Calls one operation through some client, as its users would. */
type Call = <Name extends Rpc>(
  rpc: Name,
  request: MessageInitShape<Methods[Name]['input']>,
) => Promise<MessageShape<Methods[Name]['output']>>;

type Connect = (server: TestServer, context: TestContext) => Call;

/** The clients that have to work as they are, but for their host and their token. */
const clients: Readonly<Record<string, Connect>> = {
  '@zitadel/client over gRPC': ({ origin, token }) =>
    through(createUserServiceClient(createServerTransport(token, { baseUrl: origin }))),
  '@zitadel/client over Connect': (server) => through(createUserServiceClient(connectTransport(server))),
  'connect-web over Connect, binary': (server) =>
    through(createClient(UserService, connectTransport(server, { useBinaryFormat: true }))),
  'connect-web over gRPC-Web': ({ origin, token }) =>
    through(createClient(UserService, createGrpcWebTransport({ baseUrl: origin, interceptors: [bearing(token)] }))),
  '@grpc/grpc-js': grpc,
  'fetch over REST': rest,
};

for (const [name, connect] of Object.entries(clients)) {
  test(`${name}: a user's whole life`, async (context) => {
    const server = await startServer();
    context.after(() => server.close());
    const call = connect(server, context);
    const { userId } = await call('addHumanUser', {
      username: 'minnie-mouse',
      profile: { givenName: 'Minnie', familyName: 'Mouse' },
      email: { email: 'mini@mouse.com', verification: { case: 'returnCode', value: {} } },
    });
    for (const step of life) await step(call, userId);
  });
}

const read = async (call: Call, userId: string) => {
  const { user } = await call('getUserByID', { userId });
  assert.equal(user?.type.case, 'human');
  return { ...user, human: user.type.value };
};

/** What is done to the user, and seen of it, one after the other. */
const life: readonly ((call: Call, userId: string) => Promise<void>)[] = [
  async function create_(call, userId) {
    const { username, state, details, human } = await read(call, userId);
    assert.deepEqual([username, state, details?.sequence], ['minnie-mouse', UserState.ACTIVE, 1n]);
    assert.deepEqual([human.profile?.givenName, human.email?.isVerified], ['Minnie', false]);
  },
  async function update(call, userId) {
    const profile = { givenName: 'Minerva', familyName: 'Maus' };
    const { details } = await call('updateHumanUser', { userId, profile });
    assert.equal(details?.sequence, 2n);
    const { human } = await read(call, userId);
    assert.deepEqual([human.profile?.givenName, human.profile?.familyName], ['Minerva', 'Maus']);
  },
  async function list(call, userId) {
    const firstName = (name: string) => ({ case: 'firstNameQuery', value: { firstName: name } }) as const;
    const found = async (name: string) => await call('listUsers', { queries: [{ query: firstName(name) }] });
    const { details, result } = await found('Minerva');
    assert.deepEqual([details?.totalResult, result.map((user) => user.userId)], [1n, [userId]]);
    assert.deepEqual((await found('Minnie')).result, []);
  },
  async function metadata(call, userId) {
    const [key, value] = ['my-key', new Uint8Array([0, 255, 128])];
    await call('setUserMetadata', { userId, metadata: [{ key, value }] });
    const { metadata: held } = await call('listUserMetadata', { userId });
    assert.deepEqual(
      held.map((entry) => [entry.key, Uint8Array.from(entry.value)]),
      [[key, value]],
    );
  },
  async function verify(call, userId) {
    const returned = { verification: { case: 'returnCode', value: {} } } as const;
    const email = { email: 'minerva@mouse.com', ...returned };
    const { emailCode = '' } = await call('updateHumanUser', { userId, email });
    await assert.rejects(call('verifyEmail', { userId, verificationCode: 'WRONG1' }), /COMMAND-eis9R/);
    await call('verifyEmail', { userId, verificationCode: emailCode });
    assert.equal((await read(call, userId)).human.email?.isVerified, true);
  },
  async function lock(call, userId) {
    await call('lockUser', { userId });
    assert.equal((await read(call, userId)).state, UserState.LOCKED);
    await assert.rejects(call('lockUser', { userId }), /User is not active or initial \(COMMAND-lgws8wtsqf\)/);
  },
  async function unlock(call, userId) {
    await call('unlockUser', { userId });
    assert.equal((await read(call, userId)).state, UserState.ACTIVE);
  },
  async function remove(call, userId) {
    const { details } = await call('deleteUser', { userId });
    assert.ok(details?.changeDate);
    await assert.rejects(call('getUserByID', { userId }), /User could not be found \(QUERY-Dfbg2\)/);
  },
];

type AnyCall = (request: unknown) => Promise<Message>;

function through(client: object): Call {
  return (rpc, request) => (Reflect.get(client, rpc) as AnyCall)(request) as never;
}

function bearing(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
}

function connectTransport({ origin, token }: TestServer, more: { useBinaryFormat?: boolean } = {}): Transport {
  return createConnectTransport({ baseUrl: origin, interceptors: [bearing(token)], ...more });
}

/** The service as grpc-js wants it: a path, and how messages become bytes. */
function grpc({ origin, token }: TestServer, context: TestContext): Call {
  const client = new GrpcClient(new URL(origin).host, credentials.createInsecure());
  context.after(() => client.close());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return (rpc, request) => {
    const { name, input, output } = UserService.method[rpc] as {
      name: string;
      input: DescMessage;
      output: DescMessage;
    };
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/${UserService.typeName}/${name}`,
        (message: Message) => Buffer.from(toBinary(input, message)),
        (bytes) => fromBinary(output, bytes),
        create(input, request as never),
        metadata,
        (error, answer) => (error ? reject(error) : resolve(answer as never)),
      );
    });
  };
}

function rest({ origin, token }: TestServer): Call {
  return async (rpc, request) => {
    const { input, output } = UserService.method[rpc] as { input: DescMessage; output: DescMessage };
    const { method, path, hasBody } = httpRuleOf(rpc);
    const body = toJson(input, create(input, request as never)) as Record<string, string>;
    const answer = await fetch(origin + path.replace('{user_id}', body['userId'] ?? ''), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(hasBody ? { body: JSON.stringify(body) } : {}),
    });
    const json = (await answer.json()) as { message: string };
    if (!answer.ok) throw new Error(json.message);
    return fromJson(output, json) as never;
  };
}
