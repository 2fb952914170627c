import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Caller } from './callers.ts';
import { Hang, patienceMs } from './connection.ts';

/** What the server is asked beside its requests. */
export interface Asked {
  readonly number: number;
  readonly ask: 'people' | 'sample' | 'heap' | 'verify';
}

/** What it tells: that it runs, that something is wrong, or what it was asked. */
export type Told =
  | { readonly started: Started }
  | { readonly fault: string }
  | { readonly number: number; readonly answer: unknown };

interface Started {
  readonly port: number;
  readonly owner: string;
  readonly callers: readonly Caller[];
}

/** How long it may take to say something; to look through all that it has stored takes longer. */
const askedMs: Readonly<Record<Asked['ask'], number>> = {
  people: patienceMs,
  sample: patienceMs,
  heap: patienceMs,
  verify: 15 * patienceMs,
};

/** By dialect. */
export type Ids = Readonly<Record<string, string>>;

/** The server under fuzz, as its client sees it. */
export class FuzzedServer {
  readonly port: number;
  readonly owner: string;
  readonly callers: readonly Caller[];
  /** The ids of the users that requests are about. */
  people: readonly Ids[] = [];
  /** What it has told to be wrong. */
  readonly faults: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  constructor(child: ChildProcess, { port, owner, callers }: Started) {
    this.#child = child;
    this.port = port;
    this.owner = owner;
    this.callers = callers;
    child.on('message', (told: Told) => {
      if ('fault' in told) this.faults.push(told.fault);
      if ('number' in told) this.#waiting.get(told.number)?.(told.answer);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async refreshPeople(): Promise<void> {
    this.people = (await this.#ask('people')) as readonly Ids[];
  }

  /** Ids of so many living humans, among all that there are by now. */
  async sample(count: number): Promise<readonly Ids[]> {
    return ((await this.#ask('sample')) as readonly Ids[]).slice(0, count);
  }

  /** Bytes in use after collecting garbage. */
  async heap(): Promise<number> {
    return (await this.#ask('heap')) as number;
  }

  /** What is wrong with what it has stored. */
  async verify(): Promise<readonly string[]> {
    return (await this.#ask('verify')) as readonly string[];
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it when it answers nobody any more, so that nobody waits for it. */
  async stopIfStuck(): Promise<void> {
    try {
      await fetch(`${this.origin}/healthz`, { signal: AbortSignal.timeout(patienceMs) });
    } catch {
      this.faults.unshift('it answers nobody any more');
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #ask(ask: Asked['ask']): Promise<unknown> {
    if (this.hasEnded) throw new Error('the server has ended');
    const number = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onEnd = () => reject(new Error('the server has ended'));
    const timer = setTimeout(() => reject(new Hang(`it does not say (${ask})`)), askedMs[ask]);
    this.#waiting.set(number, resolve);
    this.#child.once('exit', onEnd).send({ number, ask } satisfies Asked);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
      this.#child.off('exit', onEnd);
    }
  }
}

/** Starts one. What it says when it dies is a fault like the others. */
export async function startFuzzed(): Promise<FuzzedServer> {
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Told];
  if (!('started' in told)) throw new Error(`the server did not start: ${complaints}`);
  child.setMaxListeners(0);
  const server = new FuzzedServer(child, told.started);
  child.once('close', (code) => child.emit('message', { fault: `the server ended (${code}): ${complaints}` }));
  await server.refreshPeople();
  return server;
}
