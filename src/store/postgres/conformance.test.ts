import { type OpenedStore, storeConformance } from '#store/conformance.ts';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

storeConformance(
  'postgres',
  async (): Promise<OpenedStore> => {
    const cluster = await sharedCluster();
    const url = await cluster.createDatabase();
    const settings = parsePostgresUrl(url);
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
        await cluster.dropDatabase(url);
      },
    };
  },
  { isShared: true },
);
