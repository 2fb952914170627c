import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Store } from '#core/ports.ts';
import { trigramsOf } from '#core/searched-text.ts';
import { creating } from '#store/conformance/samples.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool, SharedConnection } from './connections.ts';
import { Parameters } from './filter-sql.ts';
import { changedSql, SearchIndex, trigramNumbers } from './search-index.ts';
import { Server } from './server.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

/** An index of a store that has been searched before. `onStep` is called behind each step that it takes. */
async function setUp(context: TestContext, onStep: (store: Store) => Promise<void>) {
  const { url } = await testDatabase(context);
  const settings = parsePostgresUrl(url);
  const store = await openPostgresStore({ settings });
  await store.prepareSearches();
  class WatchedPool extends ConnectionPool {
    override async useLive<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
      const result = await super.useLive(work);
      await onStep(store);
      return result;
    }
  }
  const server = new Server(settings);
  const shared = new SharedConnection(() => server.open());
  const pool = new WatchedPool(() => server.open(), 1);
  context.after(async () => {
    pool.close();
    await Promise.all([shared.close(), store.close()]);
  });
  return { url, store, pool, index: new SearchIndex(shared, pool) };
}

test('a search takes in what had been committed when it was asked, however much comes meanwhile', async (context) => {
  let committed = 0;
  const commit = async (store: Store) => {
    committed += 1;
    await store.apply([creating(committed)]);
  };
  const { store, pool, index } = await setUp(context, commit);
  await commit(store);
  await index.catchUp(() => true);
  const answer = await pool.ask({ text: 'SELECT count(*)::int AS count FROM searched' });
  const searched = answer?.rows[0]?.['count'] as number;
  assert.ok(searched >= 1 && searched < committed, `${searched} of ${committed}`);
});

test('searches that are asked for together wait for one step', async (context) => {
  let steps = 0;
  const { store, index } = await setUp(context, async () => {
    steps += 1;
  });
  await store.apply([creating(1)]);
  await Promise.all(Array.from({ length: 10 }, () => index.catchUp(() => true)));
  assert.equal(steps, 1);
});

test('what keeps it up in passing is at it once', async (context) => {
  const { store, index } = await setUp(context, async () => {});
  for (let key = 1; key <= 3; key++) await store.apply([creating(key)]);
  const ended: string[] = [];
  const keepUp = (name: string) => index.keepUp(() => true).then(() => ended.push(name));
  await Promise.all([keepUp('first'), keepUp('second')]);
  await keepUp('third');
  assert.deepEqual(ended, ['second', 'first', 'third']);
});

test('trigrams that many have are left out beside one that few have', async (context) => {
  const { url, store, pool, index } = await setUp(context, async () => {});
  await store.apply(Array.from({ length: 300 }, (_, n) => creating(n + 1)));
  await store.prepareSearches();
  await pool.ask({ text: 'ANALYZE searched' });
  await index.catchUp(() => true);
  const parameters = new Parameters(index.trigramShares);
  assert.deepEqual(parameters.trigramsOf('user177'), trigramNumbers('r177'));
  for (const text of ['user', 'user1']) assert.deepEqual(parameters.trigramsOf(text), trigramNumbers(text));
  // One that knows them from its first search on.
  const other = await openPostgresStore({ settings: parsePostgresUrl(url) });
  context.after(() => other.close());
  const found = async (text: string) => {
    const filter = { op: 'text', path: 'username', method: 'contains', text, ignoreCase: true } as const;
    return (await other.find(filter, { limit: 300, offset: 0 })).users.map(({ key }) => key);
  };
  await found('ser');
  assert.deepEqual([await found('ser177'), (await found('ser')).length, await found('ser301')], [[177], 300, []]);
});

test('the plan of a step goes by the position, also when it was made of an empty store', async (context) => {
  const { url } = await testDatabase(context);
  const settings = parsePostgresUrl(url);
  await (await openPostgresStore({ settings })).close();
  const connection = await new Server(settings).open();
  context.after(() => connection.close());
  await connection.keepPlans(5000);
  const [, plan] = await connection.send(
    [{ text: `PREPARE changed (bigint, bigint) AS ${changedSql}` }, { text: 'EXPLAIN EXECUTE changed (0, 1)' }],
    5000,
  );
  assert.match(JSON.stringify(plan?.rows), /changes_by_position.*n > \$1/);
});

test('a trigram has the number that it has always had', () => {
  const kept = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '陽', '\u{1d4b3}'), maxLength: 12 });
  fc.assert(
    fc.property(kept, kept, (one, other) => {
      const trigrams = new Set([...trigramsOf(one), ...trigramsOf(other)]);
      const numbers = [...trigrams].map((trigram) =>
        Array.from(trigram).reduce((sum, character) => (Math.imul(sum, 0x01000193) + code(character)) | 0, 0),
      );
      assert.deepEqual(new Set(trigramNumbers(one, other)), new Set(numbers));
    }),
  );
});

const code = (character: string) => character.codePointAt(0) ?? 0;
