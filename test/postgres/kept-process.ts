import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account } from './account.ts';
import type { Order, Report } from './keeper.ts';

/** A program that runs without privileges and that ends with this process, however this process ends. */
export interface KeptProcess {
  readonly pid: number;
  /** Resolves when it has ended, to how: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
}

interface Keeper {
  readonly process: ChildProcess;
  readonly folder: string;
}

interface Waiting {
  readonly started: (pid: number) => void;
  readonly ended: (how: string) => void;
}

let keeper: Promise<Keeper> | undefined;
let orders = 0;
let folders = 0;
const waiting = new Map<number, Waiting>();

/** A new folder that goes with this process, owned by whom its programs run as. */
export async function newFolder(name: string): Promise<string> {
  const { folder } = await keep();
  folders += 1;
  const path = join(folder, `${name}-${folders}`);
  mkdirSync(path, { mode: 0o700 });
  giveAway(path);
  return path;
}

/** Gives a file or folder to whom the programs run as. */
export function giveAway(path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** Starts a program that prints to the file `log`. */
export async function startKept(program: string, args: readonly string[], log: string): Promise<KeptProcess> {
  const { process } = await keep();
  orders += 1;
  const id = orders;
  const started = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<string>();
  waiting.set(id, { started: started.resolve, ended: ended.resolve });
  process.channel?.ref();
  process.send({ id, program, args, log } satisfies Order);
  const pid = await Promise.race([
    started.promise,
    ended.promise.then((how) => Promise.reject(new Error(`${program} does not start: ${how}`))),
  ]);
  return { pid, ended: ended.promise };
}

/** Runs a program to its end. */
export async function runKept(program: string, args: readonly string[], log: string): Promise<void> {
  const { ended } = await startKept(program, args, log);
  const how = await ended;
  if (how !== 'exit code 0') throw new Error(`${program} ended with ${how}: ${readFileSync(log, 'utf8')}`);
}

function keep(): Promise<Keeper> {
  keeper ??= startKeeper();
  return keeper;
}

async function startKeeper(): Promise<Keeper> {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  // A session of its own, so that no terminal's Ctrl-C takes the keeper before it has done its work.
  const child = fork(join(import.meta.dirname, 'keeper.ts'), {
    detached: true,
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [{ folder }] = (await once(child, 'message')) as [{ folder: string }];
  child.on('message', (report: Report) => hear(child, report));
  child.on('exit', () => {
    for (const { ended } of waiting.values()) ended('the end of its keeper');
  });
  release(child);
  return { process: child, folder };
}

function hear(child: ChildProcess, report: Report): void {
  if ('folder' in report) return;
  const order = waiting.get(report.id);
  if ('pid' in report) order?.started(report.pid);
  else {
    waiting.delete(report.id);
    order?.ended(report.ended);
    release(child);
  }
}

/** Lets this process end when none of its programs runs. */
function release(child: ChildProcess): void {
  child.unref();
  if (waiting.size === 0) child.channel?.unref();
}
