import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Change } from '#core/change.ts';
import type { Store } from '#core/ports.ts';
import type { Realm } from '#core/realm.ts';
import { type Conversation, converse } from '#dialects/devicehive/probe.ts';
import { ProbeError } from '#dialects/probe.ts';
import { type TestDatabase, testDatabase } from './postgres/shared-store.ts';
import { ask, type ProcessOptions, startProcess, until } from './processes.ts';

const password = 'A right passw0rd';

/** Where each of these processes runs, all of them on one database. */
async function start(context: TestContext, database: TestDatabase, processes: readonly ProcessOptions[]) {
  return await Promise.all(processes.map((options) => startProcess(context, database, options).running));
}

async function two(context: TestContext) {
  const database = await testDatabase(context);
  const [here = '', there = ''] = await start(context, database, [{}, {}]);
  return { database, here, there };
}

/** A user with a token that both REST and its open socket there take. */
interface Visitor {
  readonly id: string;
  readonly token: string;
  readonly socket: Conversation;
}

async function visit(context: TestContext, here: string, there: string, username: string): Promise<Visitor> {
  const { status, body } = await ask(here, 'POST /users', { body: { username, password } });
  assert.equal(status, 201);
  const anybody = await converse({ origin: there });
  const token = String((await anybody.ask('token', { login: username, password })).accessToken);
  anybody.close();
  const socket = await converse({ origin: there, token });
  context.after(() => socket.close());
  const visitor = { id: String(body['id']), token, socket };
  assert.deepEqual(await statuses(there, visitor), [200, 200]);
  return visitor;
}

/** What the user is answered there over REST, and on its open socket. */
async function statuses(there: string, { token, socket }: Visitor): Promise<[rest: number, socket: number]> {
  const { status } = await fetch(`${there}/dh/rest/user/current`, { headers: { authorization: `Bearer ${token}` } });
  return [status, await statusOn(socket)];
}

async function statusOn(socket: Conversation): Promise<number> {
  try {
    await socket.ask('user/getCurrent');
    return 200;
  } catch (error) {
    if (error instanceof ProbeError) return error.status;
    throw error;
  }
}

/** Far more than a second, on a machine that has other things to do; the second itself is held by news-follower.test.ts. */
const soonMs = 5000;

test('what one process has ended is refused by another, on open sockets too', async (context) => {
  const { here, there } = await two(context);
  const endings: Record<string, (visitor: Visitor) => Promise<unknown>> = {
    lock: ({ id }) => ask(here, `PATCH /users/${id}`, { body: { state: 'locked' } }),
    password: ({ id }) => ask(here, `PATCH /users/${id}`, { body: { password: 'An0ther password' } }),
    deletion: ({ id }) => ask(here, `DELETE /users/${id}`),
    revocation: async ({ id }) => {
      const { body } = await ask(here, `GET /tokens?limit=1000&user=${id}`);
      const tokens = body['tokens'] as { id: string }[];
      await Promise.all(tokens.map((token) => ask(here, `DELETE /tokens/${token.id}`)));
    },
  };
  for (const [name, end] of Object.entries(endings)) {
    const visitor = await visit(context, here, there, name);
    await end(visitor);
    const isRefused = async () => (await statuses(there, visitor)).every((status) => status === 401);
    await until(isRefused, `${name} is refused`, soonMs);
  }
});

test('a client that one process has shut out gets nothing more from another', async (context) => {
  const { here, there } = await two(context);
  await ask(here, 'POST /users', { body: { username: 'minnie', password } });
  const client = { dialect: 'accela', id: 'app', secret: 'a-secret-of-the-app' };
  assert.equal((await ask(here, 'POST /clients', { body: { ...client, name: 'App' } })).status, 201);
  const signIn = async () => {
    const form = { grant_type: 'password', client_id: client.id, client_secret: client.secret, username: 'minnie' };
    const body = new URLSearchParams({ ...form, password, scope: 'users', agency_name: 'MAIN' });
    return await fetch(`${there}/oauth2/token`, { method: 'POST', body });
  };
  const { access_token: token } = (await (await signIn()).json()) as { access_token: string };
  const status = async () => (await fetch(`${there}/oauth2/tokeninfo`, { headers: { authorization: token } })).status;
  assert.equal(await status(), 200);
  await ask(here, 'DELETE /clients/accela/app');
  assert.equal((await signIn()).ok, false);
  await until(async () => (await status()) === 401, 'its token is refused', soonMs);
});

test('a policy that is set through one process holds in another', async (context) => {
  const { database, here, there } = await two(context);
  const set = (origin: string, id: string, plain: string) =>
    ask(origin, `PATCH /users/${id}`, { body: { password: plain } });
  const { body } = await ask(here, 'POST /users', { body: { username: 'minnie', password } });
  assert.equal((await set(there, String(body['id']), 'An0ther password')).status, 200);
  const store = await database.open();
  context.after(() => store.close());
  await setMinLength(store, 30);
  await until(async () => (await set(there, String(body['id']), password)).status === 400, 'it holds', soonMs);
});

/** As no command does yet. */
async function setMinLength(store: Store, minLength: number): Promise<void> {
  const realm = (await store.load({ realms: [1] })).realms.get(1) as Realm;
  const [change] = await store.changesOf('realm', 1);
  const fields = { ...realm.fields, passwordRules: { minLength, maxLength: 200 } };
  const after = { ...realm, fields, version: 2 };
  await store.apply([{ realm: { after, before: 1 }, change: { ...(change as Change), version: 2 } }]);
}

test('a process that is cut off from its database refuses, and works again by itself', async (context) => {
  const database = await testDatabase(context);
  const proxy = await database.proxy();
  const [here = '', there = ''] = await start(context, database, [{}, { proxy }]);
  const [minnie, donald] = [
    await visit(context, here, there, 'minnie'),
    await visit(context, here, there, 'donald'),
  ] as const;
  proxy.stallAll();
  await ask(here, `PATCH /users/${donald.id}`, { body: { state: 'locked' } });
  for (const visitor of [minnie, donald]) {
    const isRefused = async () => (await statuses(there, visitor)).every((status) => status === 503);
    await until(isRefused, 'what is remembered is refused', soonMs);
  }
  assert.deepEqual(await statuses(there, minnie), [503, 503]);
  proxy.resume();
  const met = new Set<number>();
  const works = async () => {
    for (const status of await statuses(there, donald)) met.add(status);
    return (await statuses(there, minnie)).every((status) => status === 200);
  };
  await until(works, 'it works again');
  assert.ok(!met.has(200), 'whom others have locked meanwhile never gets in');
  assert.deepEqual(await statuses(there, donald), [401, 401]);
});

test('who reads the feed by position sees each change once, in order, while several processes write', async (context) => {
  const { database, here, there } = await two(context);
  const [users, rounds] = [6, 25];
  const ids = await Promise.all(
    Array.from({ length: users }, async (_, place) => {
      const { body } = await ask(here, 'POST /users', { body: { username: `user-${place}` } });
      return String(body['id']);
    }),
  );
  const store = await database.open();
  context.after(() => store.close());
  let acknowledged = 0;
  let isOver = false;
  const write = async (origin: string, id: string): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const body = { profile: { givenName: `${origin} ${round}` } };
      assert.equal((await ask(origin, `PATCH /users/${id}`, { body })).status, 200);
      acknowledged += 1;
    }
  };
  const begin = (await store.feed(undefined, 10_000)).at(-1)?.position;
  const reading = follow(store, begin, () => isOver);
  await Promise.all(ids.flatMap((id) => [write(here, id), write(there, id)]));
  isOver = true;
  const read = await reading;
  assert.equal(read.length, acknowledged);
  assert.deepEqual(read, (await store.feed(begin, 10_000)).map(essenceOf));
  assert.equal(new Set(read.map(({ position }) => position)).size, read.length);
  for (const subject of new Set(read.map((change) => change.subject))) {
    const versions = read.filter((change) => change.subject === subject).map(({ version }) => version);
    assert.deepEqual(
      versions,
      versions.map((_, place) => place + 2),
    );
  }
});

const essenceOf = ({ position, subject, version }: Awaited<ReturnType<Store['feed']>>[number]) => ({
  position,
  subject: subject.key,
  version,
});

/** Reads on from the last position that it has seen, in small pages, until there is nothing more. */
async function follow(store: Store, begin: string | undefined, isOver: () => boolean) {
  const read: ReturnType<typeof essenceOf>[] = [];
  for (let after = begin; ; after = read.at(-1)?.position ?? after) {
    const wasOver = isOver();
    const page = await store.feed(after, 7);
    read.push(...page.map(essenceOf));
    if (wasOver && page.length === 0) return read;
  }
}

test('processes that start at once on an empty database all serve, and one says who the administrator is', async (context) => {
  const database = await testDatabase(context);
  const env = { MUSTER_ADMIN_TOKEN: undefined, MUSTER_ADMIN_PASSWORD: undefined };
  const children = Array.from({ length: 4 }, () => startProcess(context, database, { env }));
  const origins = await Promise.all(children.map(({ running }) => running));
  const tokens = children.flatMap(({ out }) => [...out().matchAll(/^ {2}token {5}(\S+)$/gm)].map(([, token]) => token));
  assert.equal(tokens.length, 1);
  for (const origin of origins) {
    assert.equal((await ask(origin, 'GET /messages', { token: tokens[0] ?? '' })).status, 200);
  }
  for (const { err } of children) assert.doesNotMatch(err(), /"level":[45]0/);
});
