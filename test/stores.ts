import { sharedCluster } from './postgres/shared-cluster.ts';

/** A kind of store that the whole server is tested on. */
export interface TestStore {
  readonly name: string;
  /** The MUSTER_ variables of a new, empty one. What PostgreSQL holds is gone after the file's last test. */
  environment(): Promise<Readonly<Record<string, string>>>;
}

export const embedded: TestStore = {
  name: 'the embedded store',
  environment: async () => ({ MUSTER_STORE: 'sqlite::memory:' }),
};

export const postgres: TestStore = {
  name: 'PostgreSQL',
  environment: async () => ({
    MUSTER_STORE: await (await sharedCluster()).createDatabase(),
    MUSTER_SECRET_KEY: secretKey,
  }),
};

/** Every store keeps the same promises. */
export const stores: readonly TestStore[] = [embedded, postgres];

/** Processes that share a store share its key. */
export const secretKey = Buffer.alloc(32, 'k').toString('base64');
