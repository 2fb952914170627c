import type { TestContext } from 'node:test';
import { Client } from 'pg';
import type { Store } from '#core/ports.ts';
import { parsePostgresUrl } from '#store/postgres/settings.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { type PostgresProxy, startProxy } from './proxy.ts';
import { sharedCluster } from './shared-cluster.ts';

/** A database of one test, which goes with it. */
export interface TestDatabase {
  readonly url: string;
  /** Opens it as a process of its own would; through the proxy that is given. */
  open(proxy?: PostgresProxy): Promise<Store>;
  /** A network before it that can fail. */
  proxy(): Promise<PostgresProxy>;
  query(sql: string): Promise<void>;
}

/** When something happens: right before the store takes a batch, or when that stands and nobody has been told. */
export type Moment = 'before' | 'after';

/** The store, with something that happens around the batches that it takes. */
export function interposed(store: Store, happen: (moment: Moment) => Promise<void>): Store {
  const apply: Store['apply'] = async (units) => {
    await happen('before');
    const outcomes = await store.apply(units);
    await happen('after');
    return outcomes;
  };
  return new Proxy(store, {
    get: (_, name: keyof Store) => (name === 'apply' ? apply : store[name]?.bind(store)),
  });
}

export async function testDatabase(context: TestContext): Promise<TestDatabase> {
  const cluster = await sharedCluster();
  const url = await cluster.createDatabase();
  context.after(() => cluster.dropDatabase(url));
  return {
    url,
    open: (proxy) => openPostgresStore({ settings: parsePostgresUrl(proxy ? proxy.through(url) : url) }),
    proxy: async () => {
      const proxy = await startProxy(cluster.port);
      context.after(() => proxy.close());
      return proxy;
    },
    query: async (sql) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(sql).finally(() => client.end());
    },
  };
}
