import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '#dialects/probe.ts';

/** A program of ours in a process of its own, to be killed. */
export class DoomedProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #printed = '';
  #complained = '';
  #isKilled = false;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    // The settings of tests are none of the program's.
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_'));
    const env = { ...Object.fromEntries(inherited), ...environment };
    this.#child = spawn(process.execPath, args, { env });
    this.#gone = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complained += text;
    });
  }

  /** All that it has printed so far. */
  get printed(): string {
    return this.#printed;
  }

  /** All that it has written to its log so far. */
  get complained(): string {
    return this.#complained;
  }

  /** What `pattern` finds in what it prints; undefined when it ends before. */
  async waitFor(pattern: RegExp): Promise<string | undefined> {
    while (!pattern.test(this.#printed) && !this.hasEnded) await Promise.race([sleep(5), this.#gone]);
    return pattern.exec(this.#printed)?.[0];
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether its end has been asked for. */
  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Rejects once it has ended, so that nobody waits for its answers any longer. */
  async failAtEnd(): Promise<never> {
    await this.#gone;
    throw new Error('The process has ended.');
  }

  /** Ends it as a power cut would. Fails when it had ended of itself. */
  async kill(): Promise<void> {
    const ended = this.hasEnded;
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
    await this.#gone;
    if (ended) throw new Error(`The process ended of itself:\n${this.#printed}${this.#complained}`);
  }
}

const token = 'an-administrator-token-for-tests';
const cli = join(import.meta.dirname, '../src/cli.ts');

/** A Muster that serves, or is about to. */
export interface DoomedServer {
  readonly process: DoomedProcess;
  /** Where it runs, once it does; undefined when it has ended before. */
  call(): Promise<Call | undefined>;
}

/** Starts Muster's own program with these MUSTER_ variables; it is gone after the test whatever happens. */
export function startDoomedServer(context: TestContext, environment: Readonly<Record<string, string>>): DoomedServer {
  const process = new DoomedProcess([cli, 'serve', '--port', '0'], {
    ...environment,
    MUSTER_ADMIN_TOKEN: token,
    MUSTER_LOG_LEVEL: 'error',
  });
  context.after(() => process.kill().catch(() => {}));
  const call = async (): Promise<Call | undefined> => {
    const origin = await process.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
    return origin === undefined ? undefined : { origin, token };
  };
  return { process, call };
}
