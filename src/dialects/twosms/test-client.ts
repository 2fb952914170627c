import { systemActor } from '#core/actor.ts';
import { createClient, revokeClient } from '#core/commands/clients.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { UserInput } from '#core/commands/user-input.ts';
import type { RealmKey } from '#core/realm.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { startServer, type TestServer } from '#test/server.ts';
import { languageIdOf } from './languages.ts';

/** An answer, with its body as text and, where it is JSON, as a value. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the wire has.
  readonly json: any;
}

export interface Sent {
  readonly body?: string | object;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The administrator's unless given; null for none. */
  readonly token?: string | null;
}

/** A running server and how the tests call it. */
export interface Portal {
  readonly server: TestServer;
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  get(id: string, sent?: Sent): Promise<Answer>;
  put(id: string, body: string | object, sent?: Sent): Promise<Answer>;
  /** A user made by the server itself, with whatever another API may give or not give it. */
  create(input?: UserInput, lifecycle?: 'initial' | 'active', realm?: RealmKey): Promise<User>;
  /** A client of the API. */
  createClient(realm?: RealmKey): Promise<Credentials>;
  revokeClient(id: string): Promise<void>;
  /** Asks /Token with these parameters. */
  token(form: Readonly<Record<string, string>> | string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Another account, of which nobody here may know. */
  openAccount(): Promise<RealmKey>;
  change(user: User, input: UserInput): Promise<User>;
  read(user: User): Promise<User>;
  /** A token by which a user calls; with limits, one of the directory's. */
  tokenOf(user: User, limits?: { readonly permissions: readonly string[] }): Promise<string>;
}

/** By which a client asks for tokens. */
export interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

const via = { dialect: 'test' };
let names = 0;

export async function openPortal(): Promise<Portal> {
  const server = await startServer();
  const system = server.directory.as(systemActor, via);
  const send: Portal['send'] = async (method, path, { body, type, accept, headers, token = server.token } = {}) => {
    const answer = await fetch(server.origin + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(accept === undefined ? {} : { accept }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: jsonOf(text) };
  };
  const changed = async (run: Promise<{ readonly user: User | undefined }>): Promise<User> => {
    const { user } = await run;
    if (user === undefined) throw new Error('no user');
    return user;
  };
  return {
    server,
    send,
    get: (id, sent) => send('GET', `/api/v1/admin/users/${id}`, sent),
    put: (id, body, sent) => send('PUT', `/api/v1/admin/users/${id}`, { body, type: 'application/json', ...sent }),
    create: ({ patch, ...input } = {}, lifecycle = 'active', realm = 1) => {
      names += 1;
      const named = { ...input, patch: { username: `user-${names}`, ...patch } };
      return changed(system.run(createUser, { realm, kind: 'human', lifecycle, ...named }));
    },
    createClient: async (realm = 1) => {
      names += 1;
      const [id, secret] = [`app-${names}`, `secret-of-${server.random.uuid()}`];
      await system.run(createClient, { dialect: 'twosms', id, realm, name: `App ${names}`, secret });
      return { client_id: id, client_secret: secret };
    },
    revokeClient: async (id) => void (await system.run(revokeClient, { dialect: 'twosms', id })),
    token: (form, headers) => {
      const body = String(new URLSearchParams(form));
      return send('POST', '/Token', {
        body,
        type: 'application/x-www-form-urlencoded',
        token: null,
        ...(headers ? { headers } : {}),
      });
    },
    openAccount: async () => {
      const key = await server.store.allocate('realm', 1);
      const fields = { name: `account-${key}`, language: 'en', region: 'GB', timeZone: 'UTC' };
      await system.run(createRealm, { key, ids: { twosms: server.random.uuid() }, fields });
      return key;
    },
    change: (user, input) => changed(system.run(updateUser, { user: user.key, ...input })),
    read: (user) => system.get(user.key),
    tokenOf: async (user, limits) => {
      const token = `token-of-user-${user.key}-${server.random.uuid()}`;
      const dialect = limits ? 'directory' : 'twosms';
      const row = { hash: hashToken(token), id: token, use: 'access', dialect, rights: limits ?? null } as const;
      await system.run(issueTokens, { user: { key: user.key }, tokens: [{ ...row, signedIn: false }] });
      return token;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The id by which this dialect knows a user. */
export function idOf(user: User): string {
  return user.ids['twosms'] ?? '';
}

/** Whose token the portal calls with: the first user of all. */
export async function administrator({ server }: Portal): Promise<User> {
  return await server.directory.as(systemActor, via).get(1);
}

let bodies = 0;

/** A body with all seven required members, and a name that nobody has. */
export function wholeBody(more: object = {}): Record<string, unknown> {
  bodies += 1;
  return {
    DisplayName: 'Minnie Mouse',
    EmailAddress: 'mini@mouse.com',
    Enabled: true,
    LanguageID: languageIdOf('de-CH'),
    MobilePhone: '+41 79 123 45 67',
    TimeZone: 'Europe/Zurich',
    Username: `minnie-${bodies}`,
    ...more,
  };
}

/** A user that has everything that the vendor requires, by an update over this wire. */
export async function wholeUser(portal: Portal, more: object = {}): Promise<WholeUser> {
  const user = await portal.create();
  const sent = wholeBody(more);
  const answer = await portal.put(idOf(user), sent);
  if (answer.status !== 200) throw new Error(answer.text);
  return { user: await portal.read(user), sent };
}

export interface WholeUser {
  readonly user: User;
  /** What it was updated with. */
  readonly sent: Record<string, unknown>;
}

/** A body in XML with these members, whose values need no escaping, and whatever else. */
export function xmlOf(members: Readonly<Record<string, unknown>>, more = ''): string {
  const elements = Object.entries(members).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<User xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${elements.join('')}${more}</User>`;
}
