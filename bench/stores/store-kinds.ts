import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { StoreName } from './store-names.ts';

/** Where fresh stores are made. */
export interface Site {
  readonly folder: string;
  /** Started when it is first asked for; rejects with NotAvailable. */
  cluster(): Promise<Cluster>;
}

/** A store that is there and that nobody has filled. */
export interface FreshStore {
  /** The settings by which a server finds it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lets it do now what it would do by itself soon after it has been filled. */
  settle(): Promise<void>;
  remove(): Promise<void>;
}

/** A kind of store: how a fresh one comes to be, and how it keeps what it has acknowledged. */
export interface StoreKind {
  readonly name: StoreName;
  prepare(site: Site, name: string): Promise<FreshStore>;
  durability(site: Site): Promise<string>;
}

const embedded: StoreKind = {
  name: 'embedded',
  prepare: async ({ folder }, name) => {
    const path = join(folder, `${name}.db`);
    return {
      environment: { MUSTER_STORE: `sqlite:${path}` },
      settle: async () => {},
      remove: async () => {
        for (const suffix of ['', '-wal', '-shm', '.lock']) await rm(path + suffix, { force: true });
      },
    };
  },
  durability: async () => 'WAL, the log synced (fdatasync) before each answer',
};

const postgres: StoreKind = {
  name: 'postgres',
  prepare: async (site, name) => {
    const cluster = await site.cluster();
    const url = await cluster.create(name);
    return {
      environment: { MUSTER_STORE: url, MUSTER_SECRET_KEY: randomBytes(32).toString('base64') },
      settle: async () => {
        await cluster.query(url, 'VACUUM ANALYZE', 'CHECKPOINT');
      },
      remove: () => cluster.drop(url),
    };
  },
  durability: async (site) => (await site.cluster()).durability(),
};

export const storeKinds: readonly StoreKind[] = [embedded, postgres];
