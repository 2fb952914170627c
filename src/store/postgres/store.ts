import type { Change } from '#core/change.ts';
import type { Filter, Page, PageRequest } from '#core/filter.ts';
import type { Instant } from '#core/instant.ts';
import type { Message, MessageClaim, MessageSettlement } from '#core/message.ts';
import type {
  ChangesPage,
  DialectRecord,
  Loaded,
  News,
  NewsPoint,
  Positioned,
  Store,
  Unit,
  UnitOutcome,
  Wanted,
} from '#core/ports.ts';
import type { Realm, RealmKey } from '#core/realm.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { StoreOpenError, storeUnavailable } from '#store/errors.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool, SharedConnection, times } from './connections.ts';
import { Deliveries } from './deliveries.ts';
import { ConnectionLost, stateOf, storeErrorOf } from './failure.ts';
import { knownMigrations, migrate } from './migrations.ts';
import { prune } from './prune.ts';
import { Reader } from './reader.ts';
import { SearchIndex } from './search-index.ts';
import { Sequences } from './sequences.ts';
import { Server } from './server.ts';
import { type PostgresSettings, placeOf } from './settings.ts';
import { Transactions } from './transactions.ts';

export interface PostgresStoreOptions {
  readonly settings: PostgresSettings;
  /** After which a search is given up; 5 s when absent. */
  readonly searchTimeMs?: number;
}

/** Point reads share one connection, and numbers another; what may take longer keeps nobody waiting who asks for those. */
const sizes = { writing: 4, listing: 2, searching: 4, indexing: 1 } as const;

/**
 * Opens a store in PostgreSQL, which any number of processes may have open. Rejects with a StoreOpenError, whose message
 * is one line to be shown, when there is no server that takes writes, or the database is not ours.
 */
export async function openPostgresStore({ settings, searchTimeMs = 5000 }: PostgresStoreOptions): Promise<Store> {
  const server = new Server(settings);
  try {
    const connection = await server.open(times.startMs);
    await migrate(connection, knownMigrations(), placeOf(settings));
    connection.close();
    return new PostgresStore(server, searchTimeMs);
  } catch (error) {
    server.close();
    throw openError(settings, error);
  }
}

function openError(settings: PostgresSettings, error: unknown): unknown {
  if (!(error instanceof ConnectionLost) && stateOf(error) === undefined) return error;
  const text = (error as Error).message.replace(/\.$/, '');
  return new StoreOpenError(`The database ${placeOf(settings)} cannot be opened: ${text}.`, { cause: error });
}

/** A connection for what is the same few statements over and over. */
async function openKeepingPlans(server: Server): Promise<Connection> {
  const connection = await server.open();
  try {
    await connection.keepPlans(times.connectMs);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

const keepingMs = 10_000;

class PostgresStore implements Store {
  readonly #server: Server;
  readonly #shared: SharedConnection;
  readonly #beside: SharedConnection;
  readonly #writing: ConnectionPool;
  readonly #listing: ConnectionPool;
  readonly #searching: ConnectionPool;
  readonly #indexing: ConnectionPool;
  readonly #index: SearchIndex;
  readonly #reader: Reader;
  readonly #transactions: Transactions;
  readonly #sequences: Sequences;
  readonly #deliveries: Deliveries;
  /** Also while nobody searches. */
  readonly #keeping = setInterval(() => {
    void this.#index.keepUp(() => !this.#isClosed).catch(() => {});
  }, keepingMs).unref();
  #isClosed = false;

  constructor(server: Server, searchTimeMs: number) {
    const open = () => server.open();
    const openKeeping = () => openKeepingPlans(server);
    this.#server = server;
    this.#shared = new SharedConnection(openKeeping);
    this.#beside = new SharedConnection(openKeeping);
    this.#writing = new ConnectionPool(openKeeping, sizes.writing);
    this.#listing = new ConnectionPool(open, sizes.listing);
    this.#searching = new ConnectionPool(open, sizes.searching);
    this.#indexing = new ConnectionPool(openKeeping, sizes.indexing);
    const connections = { shared: this.#shared, listing: this.#listing, searching: this.#searching };
    this.#index = new SearchIndex(this.#shared, this.#indexing);
    this.#reader = new Reader(connections, this.#index, searchTimeMs);
    this.#transactions = new Transactions(this.#writing);
    this.#sequences = new Sequences(this.#beside);
    this.#deliveries = new Deliveries(this.#listing);
  }

  load(wanted: Wanted): Promise<Loaded> {
    return this.#inTime(() => this.#reader.load(wanted));
  }

  apply(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    return this.#inTime((isLate) => this.#transactions.commit(units, isLate));
  }

  allocate(sequence: string, count: number): Promise<number> {
    return this.#inTime(() => this.#sequences.allocate(sequence, count));
  }

  find(filter: Filter, page: PageRequest): Promise<Page> {
    return this.#answer(() => this.#reader.find(filter, page));
  }

  count(filter: Filter): Promise<number> {
    return this.#answer(() => this.#reader.count(filter));
  }

  prepareSearches(): Promise<void> {
    return this.#answer(() => this.#index.catchUp(() => true));
  }

  changesOf(kind: Change['subject']['kind'], key: number, page: ChangesPage = {}): Promise<Positioned<Change>[]> {
    return this.#inTime(() => this.#reader.changesOf(kind, key, page));
  }

  feed(after: string | undefined, limit: number): Promise<Positioned<Change>[]> {
    return this.#inTime(() => this.#reader.feed(after, limit));
  }

  messages(realm: RealmKey, limit: number): Promise<Message[]> {
    return this.#inTime(() => this.#reader.messages(realm, limit));
  }

  claimMessages(claim: MessageClaim): Promise<Message[]> {
    return this.#inTime(() => this.#deliveries.claim(claim));
  }

  settleMessage(settlement: MessageSettlement): Promise<boolean> {
    return this.#inTime(() => this.#deliveries.settle(settlement));
  }

  countWaitingMessages(): Promise<number> {
    return this.#inTime(() => this.#deliveries.countWaiting());
  }

  news(after: NewsPoint | undefined): Promise<News> {
    return this.#inTime(() => this.#reader.news(after));
  }

  check(): Promise<void> {
    return this.#inTime(async () => {
      const connection = await this.#beside.get();
      if (await connection.takesWrites(times.answerMs)) return;
      throw storeUnavailable(new Error('The server does not take writes.'));
    });
  }

  realmsAfter(realm: RealmKey | undefined, limit: number): Promise<Realm[]> {
    return this.#inTime(() => this.#reader.realmsAfter(realm, limit));
  }

  tokensIn(realm: RealmKey, limit: number, dialect?: string): Promise<Token[]> {
    return this.#inTime(() => this.#reader.tokensIn(realm, limit, dialect));
  }

  tokensOf(user: UserKey, limit: number): Promise<Token[]> {
    return this.#inTime(() => this.#reader.tokensOf(user, limit));
  }

  recordsIn(realm: RealmKey, kind: string, limit: number): Promise<DialectRecord[]> {
    return this.#inTime(() => this.#reader.recordsIn(realm, kind, limit));
  }

  prune(now: Instant): Promise<void> {
    return this.#answer(() => prune(this.#listing, now));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#keeping);
    this.#server.close();
    this.#writing.close();
    this.#listing.close();
    this.#searching.close();
    this.#indexing.close();
    await Promise.all([this.#shared.close(), this.#beside.close()]);
  }

  /** Answers, or is unavailable, within the time that nobody is to wait longer; what goes on then may ask whether it is late. */
  async #inTime<Result>(work: (isLate: () => boolean) => Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      const tooLate = () => {
        isLate = true;
        reject(storeUnavailable(new Error(`PostgreSQL has not answered within ${times.inAllMs} ms.`)));
      };
      timer = setTimeout(tooLate, times.inAllMs);
    });
    try {
      return await Promise.race([this.#answer(() => work(() => isLate)), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #answer<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw storeUnavailable(new Error('The store is closed.'));
    try {
      return await work();
    } catch (error) {
      throw storeErrorOf(error);
    }
  }
}
