import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Change } from '#core/change.ts';
import { invalidField } from '#core/errors.ts';
import type { Message } from '#core/message.ts';
import { metadataKey } from '#core/metadata.ts';
import {
  type ChangesPage,
  type DialectRecord,
  idKey,
  type Loaded,
  maxHolders,
  type Positioned,
  recordKey,
  type Wanted,
} from '#core/ports.ts';
import type { Realm, RealmKey } from '#core/realm.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import {
  decodeChange,
  decodeIdempotency,
  decodeMessage,
  decodeMetadata,
  decodeRealm,
  decodeRecord,
  decodeSecret,
  decodeToken,
  decodeUser,
  type Row,
} from '#store/rows.ts';
import {
  changeColumns,
  changeTables,
  messageColumns,
  realmColumns,
  tokenColumns,
  userColumns,
  userTables,
} from './columns.ts';
import { identifierValue } from './identifiers.ts';
import { runLength, runOf } from './runs.ts';

const queries = {
  begin: 'BEGIN',
  commit: 'COMMIT',
  user: `SELECT ${userColumns} FROM ${userTables} WHERE u.key = ?`,
  userBy: `SELECT ${userColumns} FROM identifiers i JOIN ${userTables} WHERE u.key = i.user AND i.dialect = ? AND i.value = ?`,
  userByName: `SELECT ${userColumns} FROM names n JOIN ${userTables} WHERE u.key = n.user AND n.key = ?`,
  usersByEmail: `SELECT ${userColumns} FROM (SELECT user FROM emails WHERE key = ? LIMIT ${maxHolders + 1}) e JOIN ${userTables}
    WHERE u.key = e.user`,
  realm: `SELECT ${realmColumns} FROM realms WHERE key = ?`,
  realmsAfter: `SELECT ${realmColumns} FROM realms WHERE key > ? ORDER BY key LIMIT ?`,
  realmId: 'SELECT realm FROM realm_identifiers WHERE dialect = ? AND value = ?',
  name: 'SELECT user FROM names WHERE key = ?',
  id: 'SELECT user FROM identifiers WHERE dialect = ? AND value = ?',
  token: `SELECT ${tokenColumns} FROM tokens t WHERE t.hash = unhex(?)`,
  tokenById: `SELECT ${tokenColumns} FROM tokens t WHERE t.id = ?`,
  tokensIn: `SELECT ${tokenColumns} FROM tokens t
    LEFT JOIN users u ON u.key = t.user
    LEFT JOIN records r ON r.dialect = t.dialect AND r.kind = 'client' AND r.id = t.client
    WHERE (t.signed_in = 0 OR t.dialect = 'directory') AND coalesce(u.realm, r.realm) = ? AND t.dialect = coalesce(?, t.dialect)
    ORDER BY t.created_at, t.id LIMIT ?`,
  tokensOf: `SELECT ${tokenColumns} FROM tokens t WHERE t.user = ?
    ORDER BY t.created_at, t.id LIMIT ?`,
  recordsIn: `SELECT dialect, kind, id, realm, owner, version, doc FROM records WHERE realm = ? AND kind = ?
    ORDER BY dialect, id LIMIT ?`,
  secrets: 'SELECT user, name, revision, doc FROM secrets WHERE user = ?',
  metadata: 'SELECT user, key, value, created_at, changed_at FROM metadata WHERE user = ? AND key = ?',
  metadataSizes: 'SELECT key, length(value) AS size FROM metadata WHERE user = ?',
  idempotency: 'SELECT scope, input, outcome, expires_at FROM idempotency WHERE scope = ?',
  record: 'SELECT dialect, kind, id, realm, owner, version, doc FROM records WHERE dialect = ? AND kind = ? AND id = ?',
  lastRunOfUser: 'SELECT version, numbers FROM users WHERE key = ?',
  lastRunOfRealm: 'SELECT version, numbers FROM realms WHERE key = ?',
  runs: 'SELECT run, numbers FROM change_runs WHERE subject_kind = ? AND subject = ? AND run >= ? ORDER BY run LIMIT ?',
  changes: `SELECT ${changeColumns} FROM ${changeTables} WHERE c.n IN (SELECT value FROM json_each(?)) ORDER BY c.n`,
  feed: `SELECT ${changeColumns} FROM ${changeTables} WHERE c.n > ? ORDER BY c.n LIMIT ?`,
  messages: `SELECT ${messageColumns} FROM messages WHERE realm = ? ORDER BY created_at DESC, number DESC LIMIT ?`,
  waitingMessages: "SELECT count(*) AS waiting FROM messages WHERE state = 'waiting'",
} as const;

/** The numbers of some changes that follow each other; the last run has its version instead of its number. */
interface Run {
  readonly run: number;
  readonly version: number;
  readonly numbers: string;
}

type Keyed<Key, Value> = readonly [Key, Value];

/** Point reads: each takes microseconds, so they run where they are asked for. They see every commit at once. */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #queries: Readonly<Record<keyof typeof queries, StatementSync>>;

  constructor(db: DatabaseSync) {
    this.#db = db;
    const prepared = Object.entries(queries).map(([name, sql]) => [name, this.#db.prepare(sql)]);
    this.#queries = Object.fromEntries(prepared);
  }

  /** A reader with a connection of its own. */
  static open(path: string): Reader {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    db.exec('PRAGMA cache_size = -4000');
    return new Reader(db);
  }

  /** Does all its reading as of one moment, which also is many times faster than each by itself. */
  atOnce<Result>(read: () => Result): Result {
    this.#queries.begin.run();
    try {
      const result = read();
      this.#queries.commit.run();
      return result;
    } finally {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    }
  }

  load(wanted: Wanted): Loaded {
    const q = this.#queries;
    return {
      users: found(wanted.users, (key) => one(q.user.get(key), (row) => [key, decodeUser(row)])),
      realms: found(wanted.realms, (key) => one(q.realm.get(key), (row) => [key, decodeRealm(row)])),
      names: found(wanted.names, (key) => one(q.name.get(key), (row) => [key, row['user'] as number])),
      ids: found(wanted.ids, ({ dialect, value }) =>
        one(q.id.get(dialect, identifierValue(value)), (row) => [idKey(dialect, value), row['user'] as number]),
      ),
      usersBy: found(wanted.usersBy, ({ dialect, value }) =>
        one(q.userBy.get(dialect, identifierValue(value)), (row) => [idKey(dialect, value), decodeUser(row)]),
      ),
      usersByName: found(wanted.usersByName, (key) => one(q.userByName.get(key), (row) => [key, decodeUser(row)])),
      usersByEmail: found(wanted.usersByEmail, (key) => [key, q.usersByEmail.all(key).map(decodeUser)]),
      realmIds: found(wanted.realmIds, ({ dialect, value }) =>
        one(q.realmId.get(dialect, identifierValue(value)), (row) => [idKey(dialect, value), row['realm'] as number]),
      ),
      tokens: new Map([
        ...found(wanted.tokens, (hash) => one(q.token.get(hash), tokenEntry)),
        ...found(wanted.tokenIds, (id) => one(q.tokenById.get(id), tokenEntry)),
      ]),
      secrets: found(wanted.secretsOf, (user) => [user, q.secrets.all(user).map(decodeSecret)]),
      metadata: found(wanted.metadata, ({ user, key }) =>
        one(q.metadata.get(user, key), (row) => [
          metadataKey({ user, key }),
          decodeMetadata({ ...row, value: (row['value'] as Uint8Array).toBase64() }),
        ]),
      ),
      metadataSizes: found(wanted.metadataSizesOf, (user) => [user, new Map(q.metadataSizes.all(user).map(sizeEntry))]),
      idempotency: found(wanted.idempotency, (scope) =>
        one(q.idempotency.get(scope), (row) => [scope, decodeIdempotency(row)]),
      ),
      records: found(wanted.records, (record) =>
        one(q.record.get(record.dialect, record.kind, record.id), (row) => [recordKey(record), decodeRecord(row)]),
      ),
    };
  }

  changesOf(
    kind: Change['subject']['kind'],
    key: number,
    { after = 0, limit = -1 }: ChangesPage,
  ): Positioned<Change>[] {
    const q = this.#queries;
    return this.atOnce(() => {
      const last = (kind === 'user' ? q.lastRunOfUser : q.lastRunOfRealm).get(key) as Run | undefined;
      if (last === undefined) return [];
      const atMost = limit < 0 ? -1 : Math.ceil(limit / runLength) + 1;
      const runs = q.runs.all(kind === 'user' ? 0 : 1, key, runOf(after + 1), atMost) as unknown as Run[];
      const skipped = after - runLength * (runs[0]?.run ?? runOf(last.version));
      const numbers = [...runs, last].flatMap((run) => run.numbers.split(','));
      const wanted = numbers.slice(skipped, limit < 0 ? undefined : skipped + limit);
      return q.changes.all(`[${wanted}]`).map(decodeChange);
    });
  }

  feed(after: string | undefined, limit: number): Positioned<Change>[] {
    return this.#queries.feed.all(numberOf(after), limit).map(decodeChange);
  }

  messages(realm: RealmKey, limit: number): Message[] {
    return this.#queries.messages.all(realm, limit).map(decodeMessage);
  }

  countWaitingMessages(): number {
    return this.#queries.waitingMessages.get()?.['waiting'] as number;
  }

  realmsAfter(realm: RealmKey | undefined, limit: number): Realm[] {
    return this.#queries.realmsAfter.all(realm ?? 0, limit).map(decodeRealm);
  }

  tokensIn(realm: RealmKey, limit: number, dialect?: string): Token[] {
    return this.#queries.tokensIn.all(realm, dialect ?? null, limit).map(decodeToken);
  }

  tokensOf(user: UserKey, limit: number): Token[] {
    return this.#queries.tokensOf.all(user, limit).map(decodeToken);
  }

  recordsIn(realm: RealmKey, kind: string, limit: number): DialectRecord[] {
    return this.#queries.recordsIn.all(realm, kind, limit).map(decodeRecord);
  }

  close(): void {
    this.#db.close();
  }
}

const none = new Map<never, never>();

function found<Asked, Key, Value>(
  wanted: Iterable<Asked> | undefined,
  read: (asked: Asked) => Keyed<Key, Value> | undefined,
): ReadonlyMap<Key, Value> {
  if (wanted === undefined) return none as ReadonlyMap<Key, Value>;
  const map = new Map<Key, Value>();
  for (const asked of wanted) {
    const entry = read(asked);
    if (entry) map.set(...entry);
  }
  return map;
}

function tokenEntry(row: Row): Keyed<string, Token> {
  const token = decodeToken(row);
  return [token.hash, token];
}

function sizeEntry(row: Row): Keyed<string, number> {
  return [row['key'] as string, row['size'] as number];
}

function one<Result>(row: Row | undefined, decode: (row: Row) => Result): Result | undefined {
  return row && decode(row);
}

function numberOf(position: string | undefined): number {
  if (position === undefined) return 0;
  if (/^(0|[1-9]\d{0,15})$/.test(position)) return Number(position);
  throw invalidField('position', 'position must be one that the feed has given out.');
}
