import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Store } from '#core/ports.ts';
import { creating } from '#store/conformance/samples.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool, SharedConnection } from './connections.ts';
import { SearchIndex } from './search-index.ts';
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
  return { store, pool, index: new SearchIndex(shared, pool) };
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
