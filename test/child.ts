import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that runs as a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves when it has ended, to its exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when it says where it runs, to its origin; rejects when it ends before. */
  readonly running: Promise<string>;
}

const startMs = 60_000;

/** Starts a command in a process group of its own, which is gone after the test whatever happens. */
export function startChild(
  context: TestContext,
  command: readonly [string, ...string[]],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Child {
  const [program, ...args] = command;
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MUSTER_|NODE_TEST|npm_)/.test(name));
  const env = { ...Object.fromEntries(inherited), ...options.env };
  const child = spawn(program, args, { cwd: options.cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  context.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  });
  return {
    process: child,
    out: () => out,
    err: () => err,
    ended,
    running: originOf(
      () => out,
      () => err,
      child,
    ),
  };
}

async function originOf(out: () => string, err: () => string, child: ChildProcess): Promise<string> {
  for (let waited = 0; waited < startMs; waited += 20) {
    // The last line of the start's text: all of it is there.
    const origin = /Muster runs at (\S+)[\s\S]*\n\n$/.exec(out())?.[1];
    if (origin !== undefined) return origin;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`it does not run: ${out()}${err()}`);
}
