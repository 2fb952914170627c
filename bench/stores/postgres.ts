import { randomBytes } from 'node:crypto';
import { chmod, chown, glob, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram, freePort, outputOf, runUntilStopped, unprivileged } from '#bench/programs.ts';

/** A cluster of its own, with a database that is named as its user. */
export interface Postgres {
  /** With the password. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's programs, of the newest version that there is: Debian's, or whichever is on the PATH. */
export async function findPostgres(): Promise<string | undefined> {
  const folders = await Array.fromAsync(glob('/usr/lib/postgresql/*/bin'));
  folders.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const initdb = await findProgram('initdb', folders.toReversed());
  return initdb === undefined ? undefined : dirname(initdb);
}

/**
 * What the store's README advises for a server that has a few GB of memory: PostgreSQL's own values are those of a very
 * small one. Nothing of it touches durability.
 */
const settings = {
  shared_buffers: '2GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  wal_compression: 'lz4',
} as const;

/** For people to read. */
export const settingsText = Object.entries(settings)
  .map(([name, value]) => `${name}=${value}`)
  .join(', ');

/** Brings up a cluster on the loopback alone, with those settings and otherwise as PostgreSQL sets it up. */
export async function startPostgres({ bin, folder }: { bin: string; folder: string }): Promise<Postgres> {
  const as = unprivileged();
  const [user, password, port] = ['muster', randomBytes(16).toString('hex'), await freePort()];
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  await mkdir(folder, { recursive: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (as.uid !== undefined && as.gid !== undefined) {
    for (const path of [folder, passwordFile]) await chown(path, as.uid, as.gid);
  }
  await chmod(folder, 0o700);
  const access = ['--username', user, '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  await outputOf(join(bin, 'initdb'), ['-D', data, ...access, '--encoding', 'UTF8', '--locale', 'C'], {
    ...as,
    cwd: folder,
  });
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const running = runUntilStopped(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', ...options],
    { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await saysThatItIsReady(running.child.stderr);
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/${user}`;
  await outputOf(join(bin, 'createdb'), ['--maintenance-db', url.replace(/\w+$/, 'postgres'), user]);
  return { url, stop: running.stop };
}

async function saysThatItIsReady(log: NodeJS.ReadableStream | null): Promise<void> {
  if (log === null) throw new Error('The log of PostgreSQL is not there to be read.');
  const lines: string[] = [];
  for await (const line of createInterface({ input: log })) {
    lines.push(line);
    if (!line.includes('ready to accept connections')) continue;
    // What it logs later must not fill the pipe.
    log.resume();
    return;
  }
  throw new Error(`PostgreSQL has ended before it was ready:\n${lines.join('\n')}`);
}
