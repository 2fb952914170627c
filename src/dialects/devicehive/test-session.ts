import type { TestContext } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { ProbeError } from '#dialects/probe.ts';
import { startServer, type TestServer } from '#test/server.ts';
import { type Conversation, converse } from './probe.ts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A running server and ways to speak to it, for this dialect's tests. */
export interface Served {
  readonly server: TestServer;
  /** The owner of the directory, with the token that opens every dialect. */
  readonly owner: Conversation;
  /** A connection of its own, closed with the test. */
  connect(token?: string): Promise<Conversation>;
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
