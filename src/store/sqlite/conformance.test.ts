import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedStore, storeConformance } from '#store/conformance.ts';
import { openSqliteStore } from './store.ts';

storeConformance('sqlite', async (): Promise<OpenedStore> => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-conformance-'));
  const path = join(folder, 'muster.db');
  let store = await openSqliteStore({ path });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqliteStore({ path });
      return store;
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
