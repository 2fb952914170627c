import type { TestContext } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { hashToken } from '#core/token.ts';
import { startServer, type TestServer } from '#test/server.ts';

/** What came back, its body parsed where there is one. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look wherever they like.
  readonly body: any;
}

/** What of a new user tests need most. */
export type CreatedUser = JsonObject & {
  readonly id: string;
  readonly ids: Readonly<Record<string, string | number>>;
};

/** Calls the directory's API of a server of its own. */
export interface Caller {
  readonly server: TestServer;
  call(method: string, path: string, body?: Json | Buffer, headers?: Record<string, string>): Promise<Answer>;
  /** A user made through the API, as it is shown. */
  create(user?: JsonObject): Promise<CreatedUser>;
  /** The headers of a token of this user. */
  signedInAs(id: string): Promise<Record<string, string>>;
}

export async function startCaller(context: TestContext): Promise<Caller> {
  const server = await startServer();
  context.after(() => server.close());
  const call: Caller['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${server.origin}/directory/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    server,
    call,
    create: async (user = {}) => {
      const { status, body } = await call('POST', '/users', { username: 'minnie', ...user });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body;
    },
    signedInAs: async (id) => {
      const token = `a token of the user ${id}`.replaceAll(' ', '-');
      const user = (await server.directory.resolve('directory', id)) ?? 0;
      const row = { hash: hashToken(token), id: token, dialect: 'directory', use: 'access', signedIn: true } as const;
      const system = server.directory.as(systemActor, { dialect: 'directory' });
      await system.run(issueTokens, { user: { key: user }, tokens: [{ ...row, rights: null }] });
      return { authorization: `Bearer ${token}` };
    },
  };
}
