import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import { setState } from '#core/commands/set-state.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { UserInput } from '#core/commands/user-input.ts';
import { hashToken } from '#core/token.ts';
import type { User, UserState } from '#core/user.ts';
import { startServer, type TestServer } from '#test/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read what came over the wire, and assert on it
export type Body = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** The vendor's id of the error. */
  readonly errorId: string | undefined;
}

/** A running server, called as the vendor's clients call it. */
export interface Client {
  readonly server: TestServer;
  /** A text is sent as it is; headers win over the usual ones, an empty one takes it away. */
  send(method: string, path: string, body?: object | string, headers?: Record<string, string>): Promise<Reply>;
  put(userId: string, body: object | string, headers?: Record<string, string>): Promise<Reply>;
  /** The user as GetUserByID shows it. */
  read(userId: string): Promise<Body>;
  /** Makes a user beneath the wire, as another dialect would; answers its id here. */
  seed(input?: UserInput & { readonly kind?: 'human' | 'machine' }, state?: UserState): Promise<string>;
  /** Changes a user beneath the wire, as the server itself. */
  change(userId: string, input: UserInput): Promise<void>;
  /** Headers with a token of the user's own. */
  as(userId: string): Promise<Record<string, string>>;
  messages(): Promise<number>;
}

/** A client of a server of its own, closed with the test. */
export async function startClient(
  test: { after(close: () => Promise<void>): void },
  settings: Record<string, string> = {},
): Promise<Client> {
  const server = await startServer(settings);
  test.after(() => server.close());
  const send = sender(server);
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const key = async (userId: string) => (await server.directory.resolve('zitadel', userId)) ?? 0;
  let seeded = 0;
  return {
    server,
    send,
    put: (userId, body, headers) => send('PUT', `/v2/users/human/${userId}`, body, headers),
    read: async (userId) => (await send('GET', `/v2/users/${userId}`)).body.user,
    seed: async ({ kind = 'human', ...input } = {}, state = 'active') => {
      const patch = { username: `minnie-${++seeded}`, ...input.patch };
      const lifecycle = state === 'initial' ? 'initial' : 'active';
      const { user } = await system.run(createUser, { realm: 1, kind, ...input, patch, lifecycle });
      const { key: made, ids } = user as User;
      if (state === 'locked') await system.run(setState, { user: made, action: 'lock' });
      if (state === 'disabled') await system.run(setState, { user: made, action: 'disable' });
      return ids.zitadel ?? '';
    },
    change: async (userId, input) => void (await system.run(updateUser, { ...input, user: await key(userId) })),
    as: async (userId) => {
      const token = `token-of-${userId}-${server.random.uuid()}`;
      const row = { hash: hashToken(token), id: token, dialect: 'zitadel', use: 'access', rights: {}, signedIn: false };
      await system.run(issueTokens, { user: { key: await key(userId) }, tokens: [row as never] });
      return { authorization: `Bearer ${token}` };
    },
    messages: async () => (await server.store.messages(1, 1000)).length,
  };
}

function sender({ origin, token }: TestServer): Client['send'] {
  return async (method, path, body, headers = {}) => {
    const usual = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const given = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== '');
    const response = await fetch(origin + path, {
      method,
      headers: Object.fromEntries(given),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Body;
    const { status, headers: received } = response;
    return { status, headers: received, body: answer, errorId: answer.details?.[0]?.id };
  };
}
