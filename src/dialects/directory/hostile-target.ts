import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { createToken } from '#core/commands/tokens.ts';
import type { ActingDirectory } from '#core/directory.ts';
import type { Json } from '#core/json.ts';
import { startServer, type TestServer } from '#test/server.ts';

/** Method, path below `/directory/v1` (`{id}` is the user's), body and headers. */
export type Request = readonly [string, string, (Json | Buffer | undefined)?, Record<string, string>?];
/** What, the request, the status, the reason, and the field that is named. */
export type Case = readonly [string, Request, number, string, string?];

export interface Told {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look wherever they like.
  readonly body: any;
}

/** A server with the user `minnie`, to which nobody is to do any harm. */
export interface Target {
  /** The directory's id of the user. */
  readonly id: string;
  /** An administrator's token of another realm. */
  readonly farToken: string;
  send(request: Request): Promise<Told>;
  /** Each is told the error that it expects, in the whole shape of an error, and all stays as it was. */
  assertRefused(cases: readonly Case[]): Promise<void>;
  close(): Promise<void>;
}

export async function openTarget(): Promise<Target> {
  const server = await startServer();
  const { body: user } = await sendTo(server, '', ['POST', '/users', { username: 'minnie' }]);
  await sendTo(server, '', ['POST', '/users', { username: 'José', loginNames: { accela: 'Käfer' } }]);
  const send = (request: Request) => sendTo(server, user.id, request);
  return {
    id: user.id,
    farToken: await tokenElsewhere(server),
    send,
    assertRefused: async (cases) => {
      const before = await everything(server);
      const wrong: object[] = [];
      for (const request of cases) wrong.push(...(await faultsOf(request, send)));
      assert.deepEqual(wrong, []);
      assert.deepEqual(await everything(server), before);
    },
    close: () => server.close(),
  };
}

async function sendTo(server: TestServer, id: string, [method, path, body, headers = {}]: Request): Promise<Told> {
  const sent = body === undefined ? {} : { body: Buffer.isBuffer(body) ? Buffer.from(body) : JSON.stringify(body) };
  const typed = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(`${server.origin}/directory/v1${path.replace('{id}', id)}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, ...typed, ...headers },
    ...sent,
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), text, body: text ? JSON.parse(text) : {} };
}

async function faultsOf([what, request, status, reason, field]: Case, send: Target['send']): Promise<object[]> {
  const answer = await send(request);
  const { title, code, detail, ...told } = answer.body;
  const expected = { status, reason, ...(field === undefined ? {} : { field }) };
  const isProblem = answer.type === 'application/problem+json; charset=utf-8' && answer.status === status;
  const isWhole = [title, code, detail].every((part) => typeof part === 'string');
  const leaks = /\.ts\b|\bat .*:\d+:\d+|node:|node_modules/.test(answer.text);
  const isRight = isProblem && isWhole && !leaks && isDeepStrictEqual(told, expected);
  return isRight ? [] : [{ what, expected, text: answer.text }];
}

/** All that a refused request must leave as it was. */
async function everything({ store }: TestServer): Promise<object> {
  const { users } = await store.find({ op: 'all' }, { offset: 0, limit: 1000 });
  return {
    users,
    secrets: (await store.load({ secretsOf: users.map(({ key }) => key) })).secrets,
    changes: (await store.feed(undefined, 10_000)).length,
    tokens: await store.tokensIn(1, 1000),
    clients: await store.recordsIn(1, 'client', 1000),
  };
}

async function tokenElsewhere({ directory, store }: TestServer): Promise<string> {
  const system: ActingDirectory = directory.as(systemActor, { dialect: 'directory' });
  const key = await store.allocate('realm', 1);
  const fields = { name: 'far', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key, ids: {}, fields });
  const patch = { username: 'far', administers: ['directory'] };
  const { user } = await system.run(createUser, { realm: key, kind: 'human', patch });
  return (await system.run(createToken, { user: user?.key ?? 0 })).result.token ?? '';
}
