import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { idOrder } from '#core/filter.ts';
import type { Fields } from '#core/patch.ts';
import { foldedTexts, searchedTexts } from '#core/searched-text.ts';
import { stateOf } from '#core/user.ts';
import type { Row } from '#store/rows.ts';

/** Beside the database: it can be made again from it at any time. */
export const searchIndexPath = (path: string): string => `${path}-search`;

/** Changes when what is below does: an index of another format is made anew. */
const format = 2;
const firstSteps = `PRAGMA user_version = ${format};
CREATE TABLE searched (
  key INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  state TEXT NOT NULL,
  texts BLOB NOT NULL,
  folded BLOB NOT NULL
) STRICT;
CREATE INDEX searched_by_state ON searched (realm, kind, state);
CREATE VIRTUAL TABLE trigrams USING fts5(
  text, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1'
);
-- Who has changed since: the text that the trigrams still are of, and the one that they are to be of.
CREATE TABLE unindexed (key INTEGER PRIMARY KEY, indexed TEXT, text TEXT NOT NULL) STRICT;
-- Users up to this key have been taken in, and changes up to this number, which has this digest.
CREATE TABLE head (filled INTEGER NOT NULL, is_filled INTEGER NOT NULL, n INTEGER NOT NULL, digest BLOB) STRICT;
INSERT INTO head VALUES (0, 0, 0, NULL);`;

const queries = {
  head: 'SELECT filled, is_filled, n FROM head',
  newest: 'SELECT n FROM directory.feed_heads WHERE stream = 1',
  filled: 'UPDATE head SET filled = ?, is_filled = ?',
  followed: 'UPDATE head SET n = ?1, digest = (SELECT digest FROM directory.changes WHERE n = ?1)',
  someUsers: 'SELECT key, realm, kind, fields FROM directory.users WHERE key > ? ORDER BY key LIMIT ?',
  changedUsers: `SELECT key, realm, kind, fields FROM directory.users WHERE key IN
    (SELECT subject FROM directory.changes WHERE n > ? AND n <= ? AND subject_kind = 0) ORDER BY key`,
  known: `SELECT state, json(texts) AS texts, json(folded) AS folded FROM searched WHERE key = ?`,
  put: `INSERT INTO searched (key, realm, kind, state, texts, folded) VALUES (?, ?, ?, ?, jsonb(?), jsonb(?))
    ON CONFLICT DO UPDATE SET texts = excluded.texts, folded = excluded.folded`,
  putState: 'UPDATE searched SET state = ? WHERE key = ?',
  leave: 'INSERT INTO unindexed (key, indexed, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  leaveAgain: 'UPDATE unindexed SET text = ? WHERE key = ?',
  left: 'SELECT key, indexed, text FROM unindexed ORDER BY key LIMIT ?',
  countLeft: 'SELECT count(*) AS count FROM unindexed',
  taken: 'DELETE FROM unindexed WHERE key = ?',
  index: 'INSERT INTO trigrams (rowid, text) VALUES (?, ?)',
  unindex: `INSERT INTO trigrams (trigrams, rowid, text) VALUES ('delete', ?, ?)`,
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
} as const;

/** Users, or changes, in one transaction: some ten milliseconds. */
const usersAtOnce = 1000;
const changesAtOnce = 1000;
/** Few enough to be looked at one by one in each search; more are put into the trigrams. */
const maxUnindexed = 1000;
const indexedAtOnce = { least: 250, most: 4000 };

/**
 * What the searches look at: the states and texts of all users, texts folded and as they are, and the trigrams of those, in
 * a file of their own.
 * It follows the feed: no commit waits for it or writes any of it, and each search brings it up to date before it looks.
 */
export class SearchIndex {
  readonly db: DatabaseSync;
  readonly #queries: Readonly<Record<keyof typeof queries, StatementSync>>;
  #left: number;

  private constructor(db: DatabaseSync) {
    this.db = db;
    const prepared = Object.entries(queries).map(([name, sql]) => [name, db.prepare(sql)]);
    this.#queries = Object.fromEntries(prepared);
    // FTS5's rowids pass through a place that SQLite reports and Node cannot show as a number.
    for (const name of ['index', 'unindex'] as const) this.#queries[name].setReadBigInts(true);
    this.#left = this.#queries.countLeft.get()?.['count'] as number;
  }

  /** Opens the index of the database at `path`; one that is damaged, of another format or of another history is made anew. */
  static open(path: string): SearchIndex {
    try {
      return new SearchIndex(openFiles(path));
    } catch {
      for (const suffix of ['', '-wal', '-shm']) rmSync(searchIndexPath(path) + suffix, { force: true });
      return new SearchIndex(openFiles(path));
    }
  }

  /** Does something with the index as it is when all that has been committed is in it. `inTime` throws when it is late. */
  upToDate<Result>(work: () => Result, inTime: () => void): Result {
    while (this.#behind() > changesAtOnce || !this.#isFilled()) {
      inTime();
      this.advance();
    }
    return this.#transaction(() => {
      this.#follow();
      return work();
    });
  }

  /** Takes in some of what is missing; answers whether there is more. */
  advance(): boolean {
    this.#transaction(() => (this.#isFilled() ? this.#follow() : this.#fill()));
    return !this.#isFilled() || this.#behind() > 0;
  }

  /** Puts some of what has changed into the trigrams when it has become much; answers whether it still is. */
  tidy(): boolean {
    if (this.#left <= maxUnindexed) return false;
    this.#transaction(() => {
      const some = Math.min(Math.max(indexedAtOnce.least, Math.ceil(this.#left / 2)), indexedAtOnce.most);
      // In order: out of it, FTS5 writes each out by itself.
      for (const row of this.#queries.left.all(some)) {
        const key = row['key'] as number;
        if (row['indexed'] !== null) this.#queries.unindex.run(key, row['indexed'] as string);
        this.#queries.index.run(key, row['text'] as string);
        this.#queries.taken.run(key);
        this.#left -= 1;
      }
    });
    return this.#left > maxUnindexed;
  }

  close(): void {
    this.db.close();
  }

  #isFilled(): boolean {
    return this.#queries.head.get()?.['is_filled'] === 1;
  }

  #behind(): number {
    return this.#newest() - (this.#queries.head.get()?.['n'] as number);
  }

  #newest(): number {
    return this.#queries.newest.get()?.['n'] as number;
  }

  /** Changes that come meanwhile are followed from where the feed stood at the start. */
  #fill(): void {
    const { filled } = this.#queries.head.get() as { filled: number };
    if (filled === 0) this.#queries.followed.run(this.#newest());
    const rows = this.#queries.someUsers.all(filled, usersAtOnce);
    for (const row of rows) {
      const { key, state, texts, folded } = searchedOf(row);
      this.#queries.put.run(key, row['realm'] as number, row['kind'] as number, state, texts, JSON.stringify(folded));
      this.#queries.index.run(key, joined(folded));
    }
    const last = rows.at(-1)?.['key'] as number | undefined;
    this.#queries.filled.run(last ?? filled, rows.length < usersAtOnce ? 1 : 0);
  }

  #follow(): void {
    const from = this.#queries.head.get()?.['n'] as number;
    const until = Math.min(this.#newest(), from + changesAtOnce);
    if (until === from) return;
    for (const row of this.#queries.changedUsers.all(from, until)) {
      const { key, state, texts, folded } = searchedOf(row);
      const known = this.#queries.known.get(key);
      if (known !== undefined && known['state'] !== state) this.#queries.putState.run(state, key);
      if (known?.['texts'] === texts) continue;
      this.#queries.put.run(key, row['realm'] as number, row['kind'] as number, state, texts, JSON.stringify(folded));
      const indexed = known === undefined ? null : joined(JSON.parse(known['folded'] as string));
      const { changes } = this.#queries.leave.run(key, indexed, joined(folded));
      this.#left += Number(changes);
      if (changes === 0) this.#queries.leaveAgain.run(joined(folded), key);
    }
    this.#queries.followed.run(until);
  }

  #transaction<Result>(work: () => Result): Result {
    const left = this.#left;
    this.#queries.begin.run();
    try {
      const result = work();
      this.#queries.commit.run();
      return result;
    } catch (error) {
      this.#left = left;
      throw error;
    } finally {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
    }
  }
}

/** How many changes the index of the database at `path` has not seen: all, if there is none, or it has to be made anew. */
export function changesBehind(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  try {
    const newest = db.prepare('SELECT n FROM feed_heads WHERE stream = 1').get()?.['n'] as number;
    return newest - changesIndexed(db, path);
  } finally {
    db.close();
  }
}

function changesIndexed(db: DatabaseSync, path: string): number {
  if (!existsSync(searchIndexPath(path))) return 0;
  try {
    db.prepare('ATTACH ? AS search').run(searchIndexPath(path));
    if (!isOfThisHistory(db, { index: 'search', directory: 'main' })) return 0;
    return Number(db.prepare('SELECT n FROM search.head WHERE is_filled = 1').get()?.['n'] ?? 0);
  } catch {
    return 0;
  }
}

/** What is kept of a user. */
function searchedOf(row: Row) {
  const fields = JSON.parse(row['fields'] as string) as Fields;
  const texts = searchedTexts(fields);
  return {
    key: row['key'] as number,
    state: stateOf({ fields }),
    texts: JSON.stringify(texts),
    folded: foldedTexts(texts),
  };
}

/** What trigrams are made of: none goes from one text into another that somebody could look for. */
function joined(folded: Readonly<Record<string, string>>): string {
  return Object.values(folded).join('\n');
}

function openFiles(path: string): DatabaseSync {
  closeSync(openSync(searchIndexPath(path), 'a', 0o600));
  const db = new DatabaseSync(searchIndexPath(path), { timeout: 2000 });
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000;`);
    for (const [name, part] of [
      ['id_number', 0],
      ['id_text', 1],
    ] as const) {
      db.function(name, { deterministic: true }, (id) => idOrder(String(id ?? ''))[part]);
    }
    db.prepare('ATTACH ? AS directory').run(`${pathToFileURL(path).href}?mode=ro`);
    if (db.prepare('PRAGMA user_version').get()?.['user_version'] === 0) {
      db.exec(`BEGIN; ${firstSteps} COMMIT`);
    }
    if (!isOfThisHistory(db, { index: 'main', directory: 'directory' }))
      throw new Error('The search index is of another format, or of another history.');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A power cut, or a backup put back, may leave an index that has seen what the database has never kept. */
function isOfThisHistory(db: DatabaseSync, { index, directory }: Record<'index' | 'directory', string>): boolean {
  if (db.prepare(`PRAGMA ${index}.user_version`).get()?.['user_version'] !== format) return false;
  const row = db
    .prepare(`SELECT count(*) AS count FROM ${index}.head h
      WHERE h.digest IS (SELECT digest FROM ${directory}.changes WHERE n = h.n)
      AND h.n <= (SELECT n FROM ${directory}.feed_heads WHERE stream = 1)`)
    .get();
  return row?.['count'] === 1;
}
