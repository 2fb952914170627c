import { storeUnavailable } from '#store/errors.ts';
import type { Answer, Connection, Statement } from './connection.ts';
import { beforeAnything, endsConnection, NothingDone } from './failure.ts';

/**
 * How long things may take, in milliseconds: callers are told of a database that is away within two seconds. A process
 * that starts has nobody waiting yet.
 */
export const times = {
  startMs: 5000,
  connectMs: 1000,
  answerMs: 1500,
  waitMs: 1500,
  inAllMs: 1900,
  againMs: 200,
} as const;

/** A connection that is opened when it is needed, and again when it has been lost. Whoever uses it shares it. */
export class SharedConnection {
  readonly #open: () => Promise<Connection>;
  #opening: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(open: () => Promise<Connection>) {
    this.#open = open;
  }

  async get(): Promise<Connection> {
    if (this.#isClosed) throw closed();
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      const connection = await opening;
      if (!connection.isLost) return connection;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
    if (this.#opening === opening) this.#opening = undefined;
    return await this.get();
  }

  /** Asks what may be asked twice: once more when the connection that was there turns out to be lost. */
  async ask(statements: readonly Statement[], timeMs: number = times.answerMs): Promise<Answer[]> {
    const connection = await this.get();
    try {
      return await connection.send(statements, timeMs);
    } catch (error) {
      if (!endsConnection(error)) throw error;
      return await (await this.get()).send(statements, timeMs);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#opening?.catch(() => undefined);
    connection?.close();
  }
}

function closed(): Error {
  return storeUnavailable(new Error('The store is closed.'));
}

interface Waiting {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** A few connections, each for one user at a time. Who finds none free waits, so long and so many at most. */
export class ConnectionPool {
  readonly #open: () => Promise<Connection>;
  readonly #size: number;
  readonly #free: Connection[] = [];
  readonly #waiting: Waiting[] = [];
  #inUse = 0;
  #isClosed = false;

  constructor(open: () => Promise<Connection>, size: number) {
    this.#open = open;
    this.#size = size;
  }

  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#giveBack(connection);
    }
  }

  /** The same through another connection, as long as the one that was there turns out to be lost: see NothingDone. */
  async useLive<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await this.use(work);
      } catch (error) {
        if (!(error instanceof NothingDone)) throw error;
      }
    }
  }

  /** Asks what may be asked twice. */
  ask(statement: Statement, timeMs: number = times.answerMs): Promise<Answer | undefined> {
    return this.useLive((connection) => sendFirst(connection, statement, timeMs));
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#free.splice(0)) connection.close();
    for (let next = this.#next(); next; next = this.#next()) {
      next.reject(closed());
    }
  }

  async #take(): Promise<Connection> {
    for (let free = this.#free.pop(); free; free = this.#free.pop()) {
      if (free.isLost) continue;
      this.#inUse += 1;
      return free;
    }
    if (this.#inUse >= this.#size) return await this.#wait();
    this.#inUse += 1;
    try {
      return await this.#open();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(storeUnavailable(new Error(`All ${this.#size} connections are in use.`)));
      }, times.waitMs);
      const waiting: Waiting = { resolve, reject, timer };
      this.#waiting.push(waiting);
    });
  }

  /** Whose turn it is; it waits no longer. */
  #next(): Waiting | undefined {
    const next = this.#waiting.shift();
    clearTimeout(next?.timer);
    return next;
  }

  /** One in which a transaction was left open is of no use to the next. */
  #giveBack(connection: Connection): void {
    if (this.#isClosed || !connection.isIdle) connection.close();
    const next = connection.isLost ? undefined : this.#next();
    if (next) next.resolve(connection);
    else {
      if (!connection.isLost) this.#free.push(connection);
      this.#release();
    }
  }

  /** A place is free: who waits opens a connection of its own. */
  #release(): void {
    this.#inUse -= 1;
    const next = this.#next();
    if (next) this.#take().then(next.resolve, next.reject);
  }
}

/** Sends what nothing was sent before: a connection that was lost since it was used is no reason to refuse anybody. */
export async function sendFirst(
  connection: Connection,
  statement: Statement,
  timeMs: number,
): Promise<Answer | undefined> {
  const { wasUsed } = connection;
  try {
    return (await connection.send([statement], timeMs))[0];
  } catch (error) {
    throw wasUsed ? beforeAnything(error) : error;
  }
}
