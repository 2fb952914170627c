import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#core/ports.ts';
import { Gathering } from './gathering.ts';
import { type FromWorker, type Serving, tell } from './messages.ts';

export interface SupervisorOptions {
  /** How many serve. */
  readonly workers: number;
  /** The program, and what it is started with. */
  readonly program: string;
  readonly args: readonly string[];
  /** Whether workers read their certificate again at SIGHUP. */
  readonly renews: boolean;
  /** Shows to people what is served; once, and again when there is news in it. */
  readonly show: (text: string) => void;
  readonly log: Log;
}

/** One that serves, or is about to. */
interface Place {
  worker: Worker;
  /** It died soon after it had begun to serve, so many times in a row. */
  deaths: number;
}

const exits = { done: 0, failed: 1 };
/** Who has served for so long has not died at its start. */
const soonMs = 10_000;
const backOff = { firstMs: 100, mostMs: 10_000 };
/** Longer than a worker takes to finish what is in flight. */
const leaveMs = 60_000;

/** Starts workers that share one port, and keeps so many of them serving. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #places: Place[] = [];
  readonly #all = new Set<Worker>();
  readonly #serving = new Set<Worker>();
  readonly #gathering = new Gathering();
  #isShown = false;
  #isClosing = false;
  #isRestarting = false;
  #exit = exits.done;
  readonly #ended = Promise.withResolvers<number>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    cluster.setupPrimary({ exec: options.program, args: [...options.args] });
  }

  /** Resolves to the exit code when all has ended. */
  async run(): Promise<number> {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#close(signal));
    if (this.#options.renews) process.on('SIGHUP', () => this.#pass('SIGHUP', this.#serving));
    process.on('SIGUSR2', () => void this.#restart());
    // One after the other: what keeps one from serving would keep all, and is told once.
    while (this.#places.length < this.#options.workers && !this.#isClosing) {
      const worker = await this.#start();
      if (typeof worker === 'number') return await this.#giveUp(worker);
      const place = { worker, deaths: 0 };
      this.#places.push(place);
      this.#watch(place);
    }
    return await this.#ended.promise;
  }

  /** A worker that serves; or the exit code of one that never did. */
  async #start(): Promise<Worker | number> {
    const worker = cluster.fork();
    this.#all.add(worker);
    const { promise, resolve } = Promise.withResolvers<Worker | number>();
    worker.on('message', (message: FromWorker) => {
      if (message.tells === 'serving') {
        this.#welcome(worker, message.serving);
        resolve(worker);
      } else if (message.tells === 'wants-figures') this.#gathering.begin(worker, message.request, this.#serving);
      else this.#gathering.add(worker, message.request, message.figures);
    });
    // What goes wrong when a worker is told something shows in its end.
    worker.on('error', () => {});
    worker.once('exit', (code) => {
      this.#all.delete(worker);
      // One that has not got to serve yet is ended by the signal itself.
      const hasServed = this.#serving.delete(worker);
      this.#gathering.forget(worker);
      if (hasServed && code !== exits.done) this.#exit = exits.failed;
      resolve(code ?? exits.failed);
      if (this.#isClosing && this.#all.size === 0) this.#ended.resolve(this.#exit);
    });
    return await promise;
  }

  #welcome(worker: Worker, { text, isNews }: Serving): void {
    this.#serving.add(worker);
    if (this.#isShown && !isNews) return;
    this.#isShown = true;
    this.#options.show(text);
    tell(worker, { tells: 'shown' });
  }

  #watch(place: Place): void {
    const { worker } = place;
    const timer = setTimeout(() => {
      place.deaths = 0;
    }, soonMs).unref();
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (this.#isClosing || place.worker !== worker) return;
      this.#options.log.error(
        { worker: worker.process.pid, code, signal },
        'a worker has died; another one is started',
      );
      void this.#replace(place);
    });
  }

  /** Starts another one, after a while when it keeps dying. */
  async #replace(place: Place): Promise<void> {
    const dead = place.worker;
    for (;;) {
      const waitMs = place.deaths === 0 ? 0 : Math.min(backOff.firstMs * 2 ** place.deaths, backOff.mostMs);
      place.deaths += 1;
      await sleep(waitMs);
      if (this.#isClosing || place.worker !== dead) return;
      const worker = await this.#start();
      if (typeof worker === 'number') continue;
      // The place has been taken by a restart meanwhile.
      if (place.worker !== dead) return await leave(worker);
      place.worker = worker;
      this.#watch(place);
      return;
    }
  }

  /** Replaces the workers one by one: each leaves only when another one serves in its place. */
  async #restart(): Promise<void> {
    const { log } = this.#options;
    if (this.#isRestarting || this.#isClosing) return;
    this.#isRestarting = true;
    log.info({ workers: this.#places.length }, 'restarting the workers, one after the other');
    for (const place of this.#places) {
      const worker = await this.#start();
      if (this.#isClosing) break;
      if (typeof worker === 'number') {
        log.error({ code: worker }, 'a new worker does not serve; the others go on');
        break;
      }
      const former = place.worker;
      place.worker = worker;
      place.deaths = 0;
      this.#watch(place);
      await leave(former);
    }
    log.info({}, 'the restart has ended');
    this.#isRestarting = false;
  }

  #close(signal: NodeJS.Signals): void {
    if (!this.#isClosing) this.#exit = exits.done;
    this.#isClosing = true;
    this.#pass(signal, this.#all);
    if (this.#all.size === 0) this.#ended.resolve(this.#exit);
  }

  /** What kept a worker from its first service has been said by itself. */
  async #giveUp(code: number): Promise<number> {
    if (this.#isClosing) return await this.#ended.promise;
    this.#close('SIGTERM');
    await this.#ended.promise;
    return code === exits.done ? exits.failed : code;
  }

  #pass(signal: NodeJS.Signals, workers: ReadonlySet<Worker>): void {
    for (const { process: child } of workers) child.kill(signal);
  }
}

/** Resolves when it has ended. */
async function leave(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  tell(worker, { tells: 'leave' });
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), leaveMs);
  await ended;
  clearTimeout(timer);
}
