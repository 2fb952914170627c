import { Client } from 'pg';
import { sharedCluster } from './shared-cluster.ts';

/** A database with nothing in it. */
export interface EmptyDatabase {
  readonly url: string;
  /** Lets somebody else have it; nobody may use it any more. */
  giveBack(): void;
}

const free: string[] = [];

/** One in the shared cluster. To empty one takes less time than to make one, so they are used again. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const used = free.pop();
  const url = used ?? (await (await sharedCluster()).createDatabase());
  if (used !== undefined) await empty(used);
  let isMine = true;
  const giveBack = (): void => {
    if (isMine) free.push(url);
    isMine = false;
  };
  return { url, giveBack };
}

async function empty(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public').finally(() => client.end());
}
