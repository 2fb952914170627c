import assert from 'node:assert/strict';
import { test } from 'node:test';
import { creating } from '#store/conformance/samples.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool } from './connections.ts';
import { SearchIndex } from './search-index.ts';
import { Server } from './server.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

test('a search takes in what had been committed when it was asked, however much comes meanwhile', async (context) => {
  const { url } = await testDatabase(context);
  const settings = parsePostgresUrl(url);
  const store = await openPostgresStore({ settings });
  context.after(() => store.close());
  await store.prepareSearches();
  let committed = 0;
  const commit = async () => {
    committed += 1;
    await store.apply([creating(committed)]);
  };
  /** Behind whatever it has done there is another change. */
  class BusyPool extends ConnectionPool {
    override async useLive<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
      const result = await super.useLive(work);
      await commit();
      return result;
    }
  }
  const server = new Server(settings);
  const pool = new BusyPool(() => server.open(), 1);
  context.after(() => pool.close());
  await commit();
  await new SearchIndex(pool).catchUp(() => true);
  const answer = await pool.ask({ text: 'SELECT count(*)::int AS count FROM searched' });
  const searched = answer?.rows[0]?.['count'] as number;
  assert.ok(searched >= 1 && searched < committed, `${searched} of ${committed}`);
});
