import { systemActor, type Via } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { JsonObject } from '#core/json.ts';
import { hashToken } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';
import { startServer, type TestServer } from '#test/server.ts';

const via: Via = { dialect: 'test' };
export const citizens = '/v4/citizenaccess/citizens';

/** What was answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
  readonly result: JsonObject;
}

/** What a test sends; the administrator's token and JSON unless said otherwise. */
export interface Sent {
  /** Null for none. */
  readonly token?: string | null;
  /** An object goes as JSON, a text as it is. */
  readonly body?: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with this dialect, and ways around it to make what its wire cannot. */
export interface AccelaServer extends TestServer {
  call(method: string, path: string, sent?: Sent): Promise<Answered>;
  put(user: User, body: JsonObject, sent?: Sent): Promise<Answered>;
  create(input?: Partial<CreateUserInput>): Promise<User>;
  tokenOf(user: User, options?: { readonly dialect?: string; readonly expiresAt?: string }): Promise<string>;
  /** The user as it stands now. */
  present(user: User): Promise<User>;
}

/** Starts a server for the tests of this dialect. */
export async function startAccela(): Promise<AccelaServer> {
  const server = await startServer();
  const system = server.directory.as(systemActor, via);
  const call: AccelaServer['call'] = (method, path, sent) => send(server, method, path, sent);
  let made = 0;
  return {
    ...server,
    call,
    put: (user, body, sent) => call('PUT', `${citizens}/${user.ids['accela']}`, { body, ...sent }),
    async create(input = {}) {
      made += 1;
      const patch = { username: `citizen-${made}`, ...input.patch };
      const { user } = await system.run(createUser, { realm: 1, kind: 'human', ...input, patch });
      return user as User;
    },
    async tokenOf(user, { dialect = 'accela', expiresAt } = {}) {
      const token = `token-${server.random.uuid()}`;
      const expiry = expiresAt === undefined ? {} : { expiresAt };
      const row = { hash: hashToken(token), id: server.random.uuid(), dialect, rights: null, signedIn: false };
      await system.run(issueTokens, { user: { key: user.key }, tokens: [{ ...row, use: 'access', ...expiry }] });
      return token;
    },
    present: async ({ key }: { key: UserKey }) => await system.get(key),
  };
}

async function send({ origin, token }: TestServer, method: string, path: string, sent: Sent = {}): Promise<Answered> {
  const authorization = sent.token === undefined ? token : sent.token;
  const body = typeof sent.body === 'object' ? JSON.stringify(sent.body) : sent.body;
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const answer = JSON.parse((await response.text()) || '{}') as JsonObject;
  return {
    status: response.status,
    headers: response.headers,
    body: answer,
    result: (answer['result'] ?? {}) as JsonObject,
  };
}
