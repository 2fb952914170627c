import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Transferable } from 'node:worker_threads';
import type { Change } from '#core/change.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Filter, Page, PageRequest } from '#core/filter.ts';
import type { Instant } from '#core/instant.ts';
import type { Message, MessageClaim, MessageSettlement } from '#core/message.ts';
import type {
  ChangesPage,
  DialectRecord,
  Loaded,
  Log,
  Positioned,
  Store,
  Unit,
  UnitOutcome,
  Wanted,
} from '#core/ports.ts';
import type { Realm, RealmKey } from '#core/realm.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { countPointed, findPointed } from '#store/pointed-search.ts';
import { decodeMessage, type Row } from '#store/rows.ts';
import { encodeUnit } from './encode.ts';
import { asStoreError, errorOf } from './failure.ts';
import { inspectDatabase, preparePath } from './inspect.ts';
import { outcomesOf } from './local-store.ts';
import { lockDatabase } from './lock.ts';
import { knownMigrations } from './migrations.ts';
import { openError } from './open-error.ts';
import { Reader } from './reader.ts';
import { Searches } from './searches.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';
import { Thread } from './thread.ts';
import type { Numbered } from './transactions.ts';
import type { Allocation, WritingData } from './writing.ts';

export interface SqliteStoreOptions {
  /** The database file, made when it is missing; or `:memory:` for a private temporary folder, gone at the end. */
  readonly path: string;
  readonly log?: Log;
  /** After which a search is given up; 5 s when absent. */
  readonly searchTimeMs?: number;
  /** The size, in pages of 4 KiB, above which the store is full: so that tests can fill it. */
  readonly maxPages?: number;
  /** The program of the thread that writes, when it does more than that: it calls `answerWrites` with its data. */
  readonly writing?: { readonly program: URL; readonly data: object; readonly transfer: readonly Transferable[] };
}

/**
 * Opens the embedded store. Rejects with a StoreOpenError, whose message is one line to be shown, when the file is in
 * use, is not ours, is newer than this program, or cannot be read and written; it is then left as it was.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const folder = options.path === ':memory:' ? makeTemporaryFolder() : undefined;
  const path = preparePath(folder ? join(folder, 'muster.db') : options.path);
  const lock = lockDatabase(path);
  const { program, data, transfer } = options.writing ?? plainWriting;
  const writingData: WritingData = {
    ...data,
    path,
    durable: folder === undefined,
    ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
  };
  let thread: Thread | undefined;
  try {
    inspectDatabase(path, knownMigrations());
    thread = new Thread(
      program,
      { workerData: writingData, transferList: [...transfer] },
      (text) =>
        options.log?.warn(
          { path, cause: text },
          'The log of the database could not be written back; it will be tried again.',
        ),
      (text) => options.log?.error({ path, cause: text }, 'The thread that writes has died: start the server again.'),
    );
    await thread.ask('open');
    const searches = new Searches(path, options.searchTimeMs ?? defaultSearchTimeMs);
    void searches.start(options.log);
    return new SqliteStore({ thread, reader: Reader.open(path), searches, lock, folder });
  } catch (error) {
    await thread?.stop();
    lock.close();
    if (folder) removeFolder(folder);
    throw openError(path, error instanceof DirectoryError ? error.cause : error);
  }
}

const defaultSearchTimeMs = 5000;

const plainWriting = { program: new URL('./writing-thread.ts', import.meta.url), data: {}, transfer: [] };

interface Parts {
  readonly thread: Thread;
  readonly reader: Reader;
  readonly searches: Searches;
  readonly lock: DatabaseSync;
  readonly folder: string | undefined;
}

interface Load {
  readonly wanted: Wanted;
  readonly resolve: (loaded: Loaded) => void;
  readonly reject: (error: unknown) => void;
}

class SqliteStore implements Store {
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;
  #loads: Load[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What is asked for in one turn of the event loop is read together. */
  load(wanted: Wanted): Promise<Loaded> {
    return new Promise((resolve, reject) => {
      this.#loads.push({ wanted, resolve, reject });
      if (this.#loads.length === 1) setImmediate(() => this.#loadTogether());
    });
  }

  #loadTogether(): void {
    const loads = this.#loads;
    this.#loads = [];
    try {
      this.#read((reader) => reader.atOnce(() => this.#answer(reader, loads)));
    } catch (error) {
      // Whoever has been answered stays so.
      for (const { reject } of loads) reject(error);
    }
  }

  #answer(reader: Reader, loads: readonly Load[]): void {
    for (const { wanted, resolve, reject } of loads) {
      try {
        resolve(asStoreError(() => reader.load(wanted)));
      } catch (error) {
        reject(error);
      }
    }
  }

  async apply(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    this.#mustBeOpen();
    const numbers = await this.#parts.thread.ask<Numbered[]>('apply', units.map(encodeUnit));
    return outcomesOf(numbers);
  }

  async allocate(sequence: string, count: number): Promise<number> {
    this.#mustBeOpen();
    return this.#parts.thread.ask('allocate', { sequence, count } satisfies Allocation);
  }

  async find(filter: Filter, page: PageRequest): Promise<Page> {
    this.#mustBeOpen();
    const pointed = await findPointed(filter, page, (wanted) => this.load(wanted));
    return pointed ?? this.#parts.searches.find(filter, page);
  }

  async count(filter: Filter): Promise<number> {
    this.#mustBeOpen();
    const pointed = await countPointed(filter, (wanted) => this.load(wanted));
    return pointed ?? this.#parts.searches.count(filter);
  }

  async changesOf(
    kind: Change['subject']['kind'],
    key: number,
    page: ChangesPage = {},
  ): Promise<readonly Positioned<Change>[]> {
    return this.#read((reader) => reader.changesOf(kind, key, page));
  }

  async feed(after: string | undefined, limit: number): Promise<readonly Positioned<Change>[]> {
    return this.#read((reader) => reader.feed(after, limit));
  }

  async messages(realm: RealmKey, limit: number): Promise<readonly Message[]> {
    return this.#read((reader) => reader.messages(realm, limit));
  }

  async claimMessages(claim: MessageClaim): Promise<readonly Message[]> {
    this.#mustBeOpen();
    return (await this.#parts.thread.ask<Row[]>('claim', claim)).map(decodeMessage);
  }

  async settleMessage(settlement: MessageSettlement): Promise<boolean> {
    this.#mustBeOpen();
    return await this.#parts.thread.ask('settle', settlement);
  }

  async countWaitingMessages(): Promise<number> {
    return this.#read((reader) => reader.countWaitingMessages());
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    await this.#parts.thread.ask('check');
  }

  async realmsAfter(realm: RealmKey | undefined, limit: number): Promise<readonly Realm[]> {
    return this.#read((reader) => reader.realmsAfter(realm, limit));
  }

  async tokensIn(realm: RealmKey, limit: number, dialect?: string): Promise<readonly Token[]> {
    return this.#read((reader) => reader.tokensIn(realm, limit, dialect));
  }

  async tokensOf(user: UserKey, limit: number): Promise<readonly Token[]> {
    return this.#read((reader) => reader.tokensOf(user, limit));
  }

  async recordsIn(realm: RealmKey, kind: string, limit: number): Promise<readonly DialectRecord[]> {
    return this.#read((reader) => reader.recordsIn(realm, kind, limit));
  }

  async prepareSearches(): Promise<void> {
    this.#mustBeOpen();
    await this.#parts.searches.prepare();
  }

  async prune(now: Instant): Promise<void> {
    this.#mustBeOpen();
    while (await this.#parts.thread.ask<boolean>('prune', now));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The writing connection goes last: as the last one it writes the log back into the database. */
  async #close(): Promise<void> {
    const { thread, reader, searches, lock, folder } = this.#parts;
    await searches.close();
    reader.close();
    try {
      if (!thread.gone) await thread.ask('close');
    } finally {
      await thread.stop();
      lock.close();
      if (folder) removeFolder(folder);
    }
  }

  #read<Result>(read: (reader: Reader) => Result): Result {
    this.#mustBeOpen();
    return asStoreError(() => read(this.#parts.reader));
  }

  #mustBeOpen(): void {
    if (this.#closing) throw errorOf({ kind: 'unavailable', text: 'The store is closed.' });
    // What a reader sees may then be what the disk has never taken.
    const { gone } = this.#parts.thread;
    if (gone) throw gone;
  }
}
