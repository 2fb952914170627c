import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Load } from '#bench/load/load.ts';
import { NotAvailable } from '#bench/not-available.ts';
import { findProgram, outputOf } from '#bench/programs.ts';
import type { Cluster } from '#bench/stores/cluster.ts';
import { bestOf } from './compare.ts';
import type { Peer } from './peer.ts';

/** As long as Muster's own rows are. */
const [userLength, changeLength] = [700, 600];

const tables = (users: number) => [
  'CREATE TABLE users (key bigint PRIMARY KEY, version bigint NOT NULL, fields text NOT NULL)',
  `CREATE TABLE changes (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject bigint NOT NULL,
    version bigint NOT NULL, doc text NOT NULL)`,
  `INSERT INTO users SELECT n, 1, rpad(md5(n::text), ${userLength}, 'x') FROM generate_series(1, ${users}) n`,
  'VACUUM ANALYZE',
  'CHECKPOINT',
];

/** One transaction, and in one round trip: no client can ask for less. */
const script = `\\set key random(1, :users)
WITH changed AS (
  UPDATE users SET version = version + 1, fields = :fields WHERE key = :key RETURNING key, version
)
INSERT INTO changes (subject, version, doc) SELECT key, version, :change FROM changed;
`;

export const pgbench: Peer = {
  name: 'pgbench',
  does: 'updates one row and inserts an audit row, in one statement: the limit of the database',
  start: async ({ cluster, folder, options: { users, seconds } }) => {
    const { bin, url } = await freshDatabase(await cluster(), users);
    const file = join(folder, 'pgbench.sql');
    await writeFile(file, script);
    const values = [`users=${users}`, `fields=${'x'.repeat(userLength)}`, `change=${'y'.repeat(changeLength)}`];
    const load = async (clients: number): Promise<Load> => {
      const pace = ['-c', `${clients}`, '-j', '2', '-T', `${seconds}`];
      const defined = values.flatMap((value) => ['-D', value]);
      return readTps(await outputOf(bin, ['-n', '-M', 'prepared', ...pace, '-f', file, ...defined, url]));
    };
    const clients = await bestOf([8, 16, 64], load);
    return { clients, load: () => load(clients) };
  },
};

async function freshDatabase(cluster: Cluster, users: number): Promise<{ bin: string; url: string }> {
  const bin = await findProgram('pgbench', [cluster.bin]);
  if (bin === undefined) throw new NotAvailable('pgbench is not installed: apt-get install postgresql');
  const url = await cluster.create('pgbench');
  await cluster.query(url, ...tables(users));
  return { bin, url };
}

/** What pgbench prints; it tells no rate where nothing has been committed. */
export function readTps(output: string): Load {
  const [, processed] = /^number of transactions actually processed: (\d+)/m.exec(output) ?? [];
  if (processed === undefined) throw new Error(`pgbench has come to nothing:\n${output}`);
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(output)?.[1] ?? 0);
  const failed = Number(/^number of failed transactions: (\d+)/m.exec(output)?.[1] ?? 0);
  return { perSecond, failed };
}
