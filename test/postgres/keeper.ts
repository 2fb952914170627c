import { spawn } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account } from './account.ts';
import { killTree } from './process-tree.ts';
import { freeSharedMemory } from './shared-memory.ts';

// The program that starts the servers of one test process, and outlives it just long enough to end them and to remove
// their files: however that process ends, the channel to it closes.

/** What the test process asks for. */
export interface Order {
  readonly id: number;
  readonly program: string;
  readonly args: readonly string[];
  /** The file that takes what the program prints. */
  readonly log: string;
}

/** What it is told: first the folder for everything, then of each order that it runs, and how it has ended. */
export type Report =
  | { readonly folder: string }
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly ended: string };

const folder = mkdtempSync(join(tmpdir(), 'muster-postgres-'));
if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
const running = new Set<number>();
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE)/.test(name)));

process.on('message', (order: Order) => start(order));
process.on('disconnect', end);
// Whoever ends everything on the machine ends this, too.
process.on('SIGTERM', end);
report({ folder });

function start({ id, program, args, log }: Order): void {
  const output = openSync(log, 'a');
  const child = spawn(program, args, { cwd: folder, env, ...account, stdio: ['ignore', output, output] });
  closeSync(output);
  const { pid } = child;
  if (pid !== undefined) {
    running.add(pid);
    report({ id, pid });
  }
  child.on('error', (error) => report({ id, ended: error.message }));
  child.on('exit', (code, signal) => {
    running.delete(pid ?? 0);
    report({ id, ended: signal ?? `exit code ${code}` });
  });
}

function report(what: Report): void {
  if (process.connected) process.send?.(what);
}

async function end(): Promise<void> {
  await Promise.all([...running].map(killTree));
  for (const name of readdirSync(folder)) freeSharedMemory(join(folder, name));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
