import type { TestContext } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { createToken } from '#core/commands/tokens.ts';
import type { JsonObject } from '#core/json.ts';
import { ProbeError } from '#dialects/probe.ts';
import { startServer, type TestServer } from '#test/server.ts';
import { type Conversation, converse } from './probe.ts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What is sent over REST: `body` as JSON, or `text` as it stands. Without a token, the owner's; null for none. */
export interface RestRequest {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly text?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As JSON; null when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer has whatever the operation answers.
  readonly body: any;
}

/** A running server and ways to speak to it, for this dialect's tests. */
export interface Served {
  readonly server: TestServer;
  /** The owner of the directory, with the token that opens every dialect. */
  readonly owner: Conversation;
  /** A connection of its own, closed with the test. */
  connect(token?: string): Promise<Conversation>;
  /** A request below `/dh/rest`: `rest('PUT /user/2', { body })`. */
  rest(operation: string, request?: RestRequest): Promise<RestAnswer>;
  /** A user with this login and the password `a password`; answers its id. */
  insert(user: { login: string } & Readonly<Record<string, unknown>>): Promise<number>;
  signIn(login: string, password?: string): Promise<Tokens>;
  /** The user as the owner sees it. */
  read(id: number): Promise<JsonObject>;
}

export async function serve(t: TestContext, environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const server = await startServer(environment);
  t.after(() => server.close());
  const connect = async (token?: string): Promise<Conversation> => {
    const conversation = await converse({ origin: server.origin, ...(token === undefined ? {} : { token }) });
    t.after(() => conversation.close());
    return conversation;
  };
  const [owner, anybody] = [await connect(server.token), await connect()];
  return {
    server,
    owner,
    connect,
    rest: (operation, request = {}) => rest(server, operation, request),
    async insert(user) {
      const { user: created } = await owner.ask('user/insert', { user: { role: 1, password: 'a password', ...user } });
      return Number((created as JsonObject).id);
    },
    async signIn(login, password = 'a password') {
      const { accessToken, refreshToken } = await anybody.ask('token', { login, password });
      return { accessToken: String(accessToken), refreshToken: String(refreshToken) };
    },
    async read(id) {
      return (await owner.ask('user/get', { userId: id })).user as JsonObject;
    },
  };
}

/** A second realm, with an administrator of this dialect. */
export async function otherRealm({ server }: Pick<Served, 'server'>): Promise<{ id: number; token: string }> {
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const fields = { name: 'Other', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key: 2, ids: {}, fields });
  const patch = { username: 'stranger' };
  const administers = { devicehive: true };
  const { user } = await system.run(createUser, { realm: 2, kind: 'human', patch, administers });
  if (user === undefined) throw new Error('create-user has answered no user');
  const { token = '' } = (await system.run(createToken, { user: user.key })).result;
  return { id: Number(user.ids['devicehive']), token };
}

async function rest(
  { origin, token: owners }: TestServer,
  operation: string,
  request: RestRequest,
): Promise<RestAnswer> {
  const [method = '', path] = operation.split(' ');
  const { token = owners, text = request.body === undefined ? undefined : JSON.stringify(request.body) } = request;
  const response = await fetch(`${origin}/dh/rest${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await response.text();
  const { status, headers } = response;
  return { status, headers, text: answered, body: answered === '' ? null : JSON.parse(answered) };
}

/** The code and text of a refusal. */
export async function told(work: Promise<unknown>): Promise<[number, string]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProbeError) return [error.status, (error.body as { error: string }).error];
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The payload of a JWT. */
export function payloadOf(token: string): JsonObject {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).payload;
}
