import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change } from '#core/change.ts';
import { invalidField } from '#core/errors.ts';
import type { Filter, Order, Page, PageRequest } from '#core/filter.ts';
import type { Message } from '#core/message.ts';
import type { ChangesPage, DialectRecord, Loaded, News, NewsPoint, Positioned, Wanted } from '#core/ports.ts';
import type { Realm, RealmKey } from '#core/realm.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { searchTimedOut } from '#store/errors.ts';
import { countPointed, findPointed, looksAtTexts } from '#store/pointed-search.ts';
import {
  decodeChange,
  decodeMessage,
  decodeRealm,
  decodeRecord,
  decodeToken,
  decodeUser,
  type Row,
} from '#store/rows.ts';
import { changeColumns, messageColumns, realmColumns, recordColumns, tokenColumns, userColumns } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import { type ConnectionPool, type SharedConnection, sendFirst, times } from './connections.ts';
import { isTooSlow } from './failure.ts';
import { beyond, conditionOf, orderingOf, Parameters, pageByIds } from './filter-sql.ts';
import { asking, foundIn, loadedOf } from './loading.ts';
import type { SearchIndex } from './search-index.ts';

/** How much longer than a search may take its answer is waited for. */
const graceMs = 500;

/** What is asked through which, so that nobody waits behind what takes longer. */
export interface ReadingConnections {
  /** Point reads, the news, and where the search index stands. */
  readonly shared: SharedConnection;
  readonly listing: ConnectionPool;
  readonly searching: ConnectionPool;
}

/** All reading. Point reads share one connection; searches have their own, so that nobody waits behind them. */
export class Reader {
  readonly #connections: ReadingConnections;
  readonly #index: SearchIndex;
  readonly #searchTimeMs: number;
  readonly #wanted: Wanted[] = [];
  #loading: Promise<(place: number) => Loaded> | undefined;

  constructor(connections: ReadingConnections, index: SearchIndex, searchTimeMs: number) {
    this.#connections = connections;
    this.#index = index;
    this.#searchTimeMs = searchTimeMs;
  }

  /** What is asked for in one turn of the event loop is read together. */
  load(wanted: Wanted): Promise<Loaded> {
    this.#loading ??= nextTurn().then(() => this.#loadTogether());
    this.#wanted.push(wanted);
    const place = this.#wanted.length - 1;
    return this.#loading.then((load) => load(place));
  }

  async #loadTogether(): Promise<(place: number) => Loaded> {
    const wanted = this.#wanted.splice(0);
    this.#loading = undefined;
    const asked = asking(wanted);
    const answers =
      asked.length === 0 ? [] : await this.#connections.shared.ask(asked.map(({ statement }) => statement));
    const found = foundIn(new Map(asked.map(({ kind }, index) => [kind, answers[index]?.rows ?? []])));
    return (place) => loadedOf(wanted[place] ?? {}, found);
  }

  async changesOf(kind: Change['subject']['kind'], key: number, { after = 0, limit }: ChangesPage) {
    const text = `SELECT ${changeColumns} FROM changes c WHERE c.subject_kind = $1 AND c.subject = $2 AND c.version > $3
      ORDER BY c.version LIMIT $4`;
    return (await this.#rows({ text, values: [kind === 'user' ? 0 : 1, key, after, limit ?? null] })).map(decodeChange);
  }

  async feed(after: string | undefined, limit: number): Promise<Positioned<Change>[]> {
    const text = `SELECT ${changeColumns} FROM changes c WHERE c.n > $1 ORDER BY c.n LIMIT $2`;
    return (await this.#rows({ text, values: [numberOf(after), limit] })).map(decodeChange);
  }

  async messages(realm: RealmKey, limit: number): Promise<Message[]> {
    const text = `SELECT ${messageColumns} FROM messages m WHERE m.realm = $1
      ORDER BY m.created_at DESC, m.number DESC LIMIT $2`;
    return (await this.#rows({ text, values: [realm, limit] })).map(decodeMessage);
  }

  async realmsAfter(realm: RealmKey | undefined, limit: number): Promise<Realm[]> {
    const text = `SELECT ${realmColumns} FROM realms WHERE key > $1 ORDER BY key LIMIT $2`;
    return (await this.#rows({ text, values: [realm ?? 0, limit] })).map(decodeRealm);
  }

  async tokensIn(realm: RealmKey, limit: number, dialect?: string): Promise<Token[]> {
    const text = `SELECT ${tokenColumns} FROM tokens t
      LEFT JOIN users u ON u.key = t."user"
      LEFT JOIN records r ON r.dialect = t.dialect AND r.kind = 'client' AND r.id = t.client
      WHERE (t.signed_in = 0 OR t.dialect = 'directory') AND coalesce(u.realm, r.realm) = $1
        AND t.dialect = coalesce($3, t.dialect)
      ORDER BY t.created_at, t.id LIMIT $2`;
    return (await this.#rows({ text, values: [realm, limit, dialect ?? null] })).map(decodeToken);
  }

  async tokensOf(user: UserKey, limit: number): Promise<Token[]> {
    const text = `SELECT ${tokenColumns} FROM tokens t WHERE t."user" = $1 ORDER BY t.created_at, t.id LIMIT $2`;
    return (await this.#rows({ text, values: [user, limit] })).map(decodeToken);
  }

  async recordsIn(realm: RealmKey, kind: string, limit: number): Promise<DialectRecord[]> {
    const text = `SELECT ${recordColumns} FROM records r WHERE r.realm = $1 AND r.kind = $2
      ORDER BY r.dialect, r.id LIMIT $3`;
    return (await this.#rows({ text, values: [realm, kind, limit] })).map(decodeRecord);
  }

  async find(filter: Filter, page: PageRequest): Promise<Page> {
    const pointed = await this.#pointed(filter, (load) => findPointed(filter, page, load));
    if (pointed !== undefined) return pointed;
    const tables = await this.#tablesFor(filter, page.order);
    const parameters = new Parameters(this.#index.trigramShares);
    const where = [conditionOf(filter, parameters), beyond(page, parameters)].join(' AND ');
    // One more than wanted shows whether there are more.
    const range = `LIMIT ${parameters.add(page.limit + 1)} OFFSET ${parameters.add(Math.min(page.offset, Number.MAX_SAFE_INTEGER))}`;
    const { order } = page;
    const found = `${tables} WHERE ${where}`;
    const rows = await this.#search(
      order?.by === 'id'
        ? pageByIds(userColumns, found, order, range, parameters)
        : `SELECT ${userColumns} FROM ${found} ORDER BY ${orderingOf(order, parameters)} ${range}`,
      parameters,
    );
    return { users: rows.slice(0, page.limit).map(decodeUser), hasMore: rows.length > page.limit };
  }

  async count(filter: Filter): Promise<number> {
    const pointed = await this.#pointed(filter, (load) => countPointed(filter, load));
    if (pointed !== undefined) return pointed;
    const tables = await this.#tablesFor(filter);
    const parameters = new Parameters(this.#index.trigramShares);
    const where = conditionOf(filter, parameters);
    const [row] = await this.#search(`SELECT count(*) AS count FROM ${tables} WHERE ${where}`, parameters);
    return row?.['count'] as number;
  }

  async #pointed<Result>(
    filter: Filter,
    search: (load: (wanted: Wanted) => Promise<Loaded>) => Promise<Result>,
  ): Promise<Result | undefined> {
    // Of a store from before, not every address is known at first.
    if (looksAtTexts(filter) && !this.#index.isFilled) return undefined;
    return await search((wanted) => this.load(wanted));
  }

  /** What is looked at, all that has been committed in it. */
  async #tablesFor(filter: Filter, order?: Order): Promise<string> {
    if (!looksAtTexts(filter, order)) return 'users u';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
    }, this.#searchTimeMs);
    try {
      await this.#index.catchUp(() => !isLate);
    } finally {
      clearTimeout(timer);
    }
    if (isLate) throw searchTimedOut(new Error('The search index is still being brought up to date.'));
    return 'users u JOIN searched s ON s."user" = u.key';
  }

  async news(after: NewsPoint | undefined): Promise<News> {
    const head = { text: 'SELECT n, revocations FROM feed_heads WHERE stream = 1', values: [] };
    if (after === undefined) {
      const [now] = await this.#connections.shared.ask([head]);
      return newsOf(now?.rows[0], [], [], true);
    }
    const changes = {
      text: 'SELECT DISTINCT subject_kind, subject FROM changes WHERE n > $1 AND n <= $2',
      values: [after.changes, after.changes + maxBacklog],
    };
    const revocations = { text: 'SELECT n, kind, value FROM revocations WHERE n > $1', values: [after.revocations] };
    // The head goes first: what is committed meanwhile is told twice rather than never.
    const [point, subjects, ended] = await this.#connections.shared.ask([head, changes, revocations]);
    const revoked = ended?.rows ?? [];
    return newsOf(point?.rows[0], subjects?.rows ?? [], revoked, isMissed(after, point?.rows[0], revoked));
  }

  async #rows(statement: Statement): Promise<Row[]> {
    return (await this.#connections.listing.ask(statement))?.rows ?? [];
  }

  async #search(text: string, { values }: Parameters): Promise<Row[]> {
    return await this.#connections.searching.useLive(async (connection) => {
      // On its own, since it tells at once whether anybody is there; a search may take its time.
      await sendFirst(connection, { text: `${beginSearch} ${this.#searchTimeMs}` }, times.answerMs);
      return await this.#searchOn(connection, { text, values });
    });
  }

  async #searchOn(connection: Connection, statement: Statement): Promise<Row[]> {
    try {
      const [found] = await connection.send([statement, { text: 'COMMIT' }], this.#searchTimeMs + graceMs);
      return found?.rows ?? [];
    } catch (error) {
      if (!connection.isLost) await connection.send([{ text: 'ROLLBACK' }], times.answerMs).catch(() => {});
      throw isTooSlow(error) ? searchTimedOut(error) : error;
    }
  }
}

const beginSearch = 'BEGIN READ ONLY; SET LOCAL statement_timeout =';

/** Who is further behind than this forgets all that he remembers: that is cheaper. */
const maxBacklog = 20_000;

/**
 * Nobody can tell what has been missed: too much, or revocations that were dropped for their age (they are numbered one
 * by one), or the server has been put back to an earlier state.
 */
function isMissed(after: NewsPoint, head: Row | undefined, revocations: readonly Row[]): boolean {
  const [changes, revoked] = [head?.['n'] as number, head?.['revocations'] as number];
  if (changes > after.changes + maxBacklog) return true;
  // What was committed since the head was read does not stand in for what is missing.
  const told = revocations.filter((row) => (row['n'] as number) <= revoked).length;
  return changes < after.changes || told !== revoked - after.revocations;
}

function newsOf(
  head: Row | undefined,
  subjects: readonly Row[],
  revocations: readonly Row[],
  everything: boolean,
): News {
  const keys = (kind: number) =>
    new Set(subjects.flatMap((row) => (row['subject_kind'] === kind ? [row['subject'] as number] : [])));
  const ended = (kind: string) => revocations.flatMap((row) => (row['kind'] === kind ? [row['value'] as string] : []));
  return {
    until: { changes: head?.['n'] as number, revocations: head?.['revocations'] as number },
    users: new Set([...keys(0), ...ended('user').map(Number)]),
    realms: keys(1),
    tokens: new Set(ended('token')),
    clients: new Set(ended('client')),
    everything,
  };
}

function numberOf(position: string | undefined): number {
  if (position === undefined) return 0;
  if (/^(0|[1-9]\d{0,15})$/.test(position)) return Number(position);
  throw invalidField('position', 'position must be one that the feed has given out.');
}
