import type { Commit } from './directory.ts';
import { DirectoryError } from './errors.ts';
import type { Log, News, NewsPoint, Store } from './ports.ts';

/** Whether what is remembered of a store that others write as well may be relied on. */
export interface Confirming {
  /**
   * Undefined while it has been confirmed within the last second. Otherwise it is asked for once more; rejects with
   * `unavailable` / `store_unavailable` when that does not confirm it at once.
   */
  confirm(): Promise<void> | undefined;
  /** Begins a reading. What it answers is called at its end, and throws the same when that has taken too long. */
  read(): () => void;
}

export interface NewsFollowerPorts {
  readonly store: Required<Pick<Store, 'news'>>;
  readonly tell: (commit: Commit) => void;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsedMs: () => number;
  readonly log: Log;
}

const everyMs = 250;
/** For so long what is remembered holds without being confirmed. */
export const confirmedForMs = 1000;
/** Somebody who comes when nothing is confirmed, as after the process stood still, waits so long for it. */
const patienceMs = 300;

/** Asks a store for what others have committed, again and again, and tells those who remember what they once read. */
export class NewsFollower implements Confirming {
  readonly #ports: NewsFollowerPorts;
  #point: NewsPoint | undefined;
  /** When the last question that was answered was asked: it is answered with all that was committed until then. */
  #confirmedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAway = false;

  constructor(ports: NewsFollowerPorts) {
    this.#ports = ports;
  }

  /** Rejects when the store cannot be asked. */
  async start(): Promise<void> {
    await this.#ask();
    this.#timer = setInterval(() => void this.poll(), everyMs).unref();
  }

  /** Asks once, unless it is being asked already. Never rejects: what was not answered is asked again. */
  poll(): Promise<void> {
    this.#asking ??= this.#askAgain().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
  }

  confirm(): Promise<void> | undefined {
    return this.#isOld(this.#confirmedAtMs) ? this.#catchUp() : undefined;
  }

  read(): () => void {
    const beganAtMs = this.#ports.elapsedMs();
    return () => {
      if (this.#isOld(beganAtMs)) throw unconfirmed();
    };
  }

  #isOld(ms: number): boolean {
    return this.#ports.elapsedMs() - ms > confirmedForMs;
  }

  async #catchUp(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.#askAnew(), late]);
    clearTimeout(timer);
    if (this.#isOld(this.#confirmedAtMs)) throw unconfirmed();
  }

  /** What was asked before the process stood still confirms nothing any more. */
  async #askAnew(): Promise<void> {
    await this.#asking;
    if (this.#isOld(this.#confirmedAtMs)) await this.poll();
  }

  async #askAgain(): Promise<void> {
    const { log } = this.#ports;
    try {
      await this.#ask();
      if (this.#isAway) log.info({}, 'the store tells again what others have changed');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) log.warn({ err: error }, 'the store does not tell what others have changed');
      this.#isAway = true;
    }
  }

  async #ask(): Promise<void> {
    const { store, tell, elapsedMs } = this.#ports;
    const askedAtMs = elapsedMs();
    const news = await store.news(this.#point);
    if (isAny(news)) tell(news);
    this.#point = news.until;
    this.#confirmedAtMs = askedAtMs;
  }
}

function isAny({ users, realms, tokens, clients, everything }: News): boolean {
  return everything || users.size + realms.size + tokens.size + clients.size > 0;
}

function unconfirmed(): DirectoryError {
  return new DirectoryError('unavailable', 'Nobody can tell now whether this is still allowed: try again.', {
    reason: 'store_unavailable',
    facts: { retryAfterSeconds: 1 },
  });
}
