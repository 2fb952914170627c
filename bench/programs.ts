import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a program writes to its output; rejects with what it wrote to its error output. */
export async function outputOf(program: string, args: readonly string[], options: object = {}): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 1 << 28, encoding: 'utf8', ...options });
  return stdout;
}

/** The path of a program that is in one of these folders, or in those of PATH. */
export async function findProgram(name: string, folders: readonly string[] = []): Promise<string | undefined> {
  for (const folder of [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** Who runs databases: they refuse the superuser. */
export function unprivileged(): { uid?: number; gid?: number } {
  const nobody = 65_534;
  return process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port has been given.');
  return address.port;
}

/** A program that runs until it is stopped. */
export interface Running {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export function runUntilStopped(program: string, args: readonly string[], options: SpawnOptions): Running {
  const child = spawn(program, args, options);
  const ended = once(child, 'exit');
  return {
    child,
    stop: async () => {
      // A signal that asks a database to end at once, and in order.
      child.kill('SIGINT');
      await ended;
    },
  };
}
