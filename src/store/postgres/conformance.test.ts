import { after, test } from 'node:test';
import { type OpenedStore, storeConformance } from '#store/conformance.ts';
import { emptyDatabase } from '#test/postgres/empty-database.ts';
import { type PgBouncer, pgBouncer, startPgBouncer } from '#test/postgres/pgbouncer.ts';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

async function open(through: (url: string) => Promise<string> | string): Promise<OpenedStore> {
  const { url, giveBack } = await emptyDatabase();
  const settings = parsePostgresUrl(await through(url));
  let store = await openPostgresStore({ settings });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openPostgresStore({ settings });
      return store;
    },
    close: async () => {
      await store.close();
      giveBack();
    },
  };
}

storeConformance('postgres', () => open((url) => url), { isShared: true });

// Sessions that each transaction gets anew, fewer than the store has connections.
let bouncer: Promise<PgBouncer> | undefined;
after(async () => (await bouncer)?.stop());

async function throughPgBouncer(url: string): Promise<string> {
  bouncer ??= sharedCluster().then((cluster) => startPgBouncer(cluster, { default_pool_size: 2 }));
  return (await bouncer).through(url);
}

const pooled = 'postgres, through PgBouncer in transaction mode,';
if (pgBouncer.skip) test(`the ${pooled} store`, { skip: pgBouncer.skip });
else storeConformance(pooled, () => open(throughPgBouncer), { isShared: true });
