import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives the machine back the System V segment by which a PostgreSQL that was killed guarded its data folder: only a
 * server that starts on that folder again would, and some systems have no more than 32 of them.
 */
export function freeSharedMemory(dataFolder: string): void {
  const [, id] = /^\s*\d+\s+(\d+)$/.exec(lockFileOf(dataFolder)[6] ?? '') ?? [];
  if (id !== undefined) spawnSync('ipcrm', ['-m', id], { stdio: 'ignore' });
}

/** The lines of the file that a running server keeps in its data folder: the 1st its pid, the 8th how far it is. */
export function lockFileOf(dataFolder: string): string[] {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
