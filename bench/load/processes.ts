import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { NotAvailable } from '#bench/not-available.ts';

/** A server under load, in a process of its own. */
export interface Server {
  readonly origin: string;
  /** The memory that it holds at this moment, in MB. */
  memory(): Promise<number>;
  /** The most that it has held since it started, in MB. */
  peakMemory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a program that says on its output where it listens. */
export async function startServer(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  return {
    origin: await originIn(child),
    memory: () => memoryOf(child, 'VmRSS'),
    peakMemory: () => memoryOf(child, 'VmHWM'),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function memoryOf(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return (Number(kibibytes ?? Number.NaN) * 1024) / 1e6;
}

async function originIn(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The output of the server is not there to be read.');
  for await (const line of createInterface({ input: child.stdout })) {
    const origin = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
    if (origin === undefined) continue;
    // What it says later must not fill the pipe.
    child.stdout.resume();
    return origin;
  }
  throw new NotAvailable('the server has ended before it listened');
}
