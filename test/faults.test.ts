import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { creating, userIn } from '#store/conformance/samples.ts';
import { StoreOpenError } from '#store/errors.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';

const nobody = 65534;
const isRoot = process.getuid?.() === 0;
const root = mkdtempSync(join(tmpdir(), 'muster-faults-'));
chmodSync(root, 0o755);
after(() => rmSync(root, { recursive: true, force: true }));

/** A folder of its own for each test, the unprivileged user's when there is one. */
function newFolder(): string {
  const folder = mkdtempSync(join(root, 'store-'));
  if (isRoot) chownSync(folder, nobody, nobody);
  return folder;
}

/** A database with one user, closed. */
async function newDatabase(): Promise<string> {
  const path = join(newFolder(), 'muster.db');
  const store = await openSqliteStore({ path });
  await store.apply([creating(1)]);
  await store.close();
  return path;
}

/** What a second process says when it opens the database, as a user without privileges. */
async function openElsewhere(path: string): Promise<string> {
  const args = [join(import.meta.dirname, 'faults-child.ts'), path];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  return text(child.stdout);
}

const refusal = async (path: string): Promise<string> => {
  const error = await openSqliteStore({ path }).then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StoreOpenError, String(error));
  assert.doesNotMatch(error.message, /\n/);
  return error.message;
};

function alter(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

const future = "INSERT INTO migrations VALUES ('29991231T2359_later', 'x')";

describe('a database that is not for this program', () => {
  test('one that is newer is refused and left untouched', async () => {
    const path = await newDatabase();
    alter(path, future);
    const before = readFileSync(path);
    assert.match(await refusal(path), /is newer than this program: .*29991231T2359_later.* left as it is/);
    assert.deepEqual(readFileSync(path), before);
  });

  test('so is one that a newer program has not closed', async () => {
    const path = await newDatabase();
    const newer = new DatabaseSync(path);
    newer.exec(future);
    const copy = join(newFolder(), 'muster.db');
    for (const ending of ['', '-wal']) writeFileSync(copy + ending, readFileSync(path + ending));
    newer.close();
    const [before, log] = [readFileSync(copy), readFileSync(`${copy}-wal`)];
    assert.match(await refusal(copy), /is newer than this program/);
    assert.deepEqual([readFileSync(copy), readFileSync(`${copy}-wal`)], [before, log]);
  });

  test('one whose migrations were others is refused', async () => {
    const path = await newDatabase();
    alter(path, "UPDATE migrations SET checksum = 'another'");
    assert.match(await refusal(path), /was made by another build of Muster: its migration \d{8}T\d{4}_first/);
  });

  test("another application's is refused and left untouched", async () => {
    const path = join(newFolder(), 'other.db');
    alter(path, 'CREATE TABLE theirs (x); PRAGMA application_id = 7');
    const before = readFileSync(path);
    assert.match(await refusal(path), /belongs to another application/);
    alter(path, 'PRAGMA application_id = 0');
    assert.match(await refusal(path), /belongs to another application/);
    assert.deepEqual(readFileSync(path).subarray(4096), before.subarray(4096));
  });

  test('what is no database is refused and left untouched', async () => {
    const path = join(newFolder(), 'letter.txt');
    const letter = 'Dear Minnie,\n'.repeat(1000);
    writeFileSync(path, letter);
    assert.match(await refusal(path), /is no SQLite database, or is damaged/);
    assert.equal(readFileSync(path, 'utf8'), letter);
    assert.match(await refusal(newFolder()), /is a folder: name a file in it/);
    assert.match(await refusal(join(path, 'muster.db')), /a part of its path is a file/);
  });
});

describe('a server that cannot open its database', () => {
  const serve = (path: string) => {
    const args = [join(import.meta.dirname, '../src/cli.ts'), 'serve', '--store', `sqlite:${path}`, '--port', '0'];
    const env = { ...process.env, MUSTER_SECRET_KEY: Buffer.alloc(32, 1).toString('base64') };
    return spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 20_000 });
  };

  test('ends with one line that says why', async () => {
    const path = await newDatabase();
    const store = await openSqliteStore({ path });
    const second = serve(path);
    assert.match(
      second.stderr,
      new RegExp(`^muster: The database .* in use by another process \\(pid ${process.pid}\\).*\n$`),
    );
    assert.deepEqual([second.status, second.stdout], [1, '']);
    await store.close();
    alter(path, future);
    const newer = serve(path);
    assert.match(newer.stderr, /^muster: The database .* is newer than this program.*\n$/);
    assert.deepEqual([newer.status, newer.stdout], [1, '']);
  });
});

describe('a database that somebody else uses', () => {
  test('a second process is told who has it, and gets it when that one is gone', async () => {
    const path = await newDatabase();
    const store = await openSqliteStore({ path });
    // The lock holds against this process too, and outlives the attempt.
    assert.match(await refusal(path), new RegExp(`in use by another process \\(pid ${process.pid}\\)`));
    if (isRoot) for (const file of readdirSync(join(path, '..'))) chownSync(join(path, '..', file), nobody, nobody);
    assert.match(
      await openElsewhere(path),
      new RegExp(`StoreOpenError: .*in use by another process \\(pid ${process.pid}\\)`),
    );
    assert.notEqual((await store.apply([creating(2)]))[0], 'lost');
    await store.close();
    assert.equal(await openElsewhere(path), 'open');
  });

  test('one that another program has locked is not opened; one that is locked later is unavailable for a while', async () => {
    const path = await newDatabase();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const store = await openSqliteStore({ path });
    await assert.rejects(store.apply([creating(2)]), { code: 'unavailable', reason: 'store_unavailable' });
    other.exec('ROLLBACK');
    assert.notEqual((await store.apply([creating(2)]))[0], 'lost');
    await store.close();
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM activity; COMMIT');
    assert.match(await refusal(path), /is locked by another program/);
    other.close();
  });
});

describe('a database that may not be written', () => {
  test('a read-only file', async () => {
    const path = await newDatabase();
    chmodSync(path, 0o444);
    assert.match(
      await openElsewhere(path),
      /StoreOpenError: .*permission to read and write it and its folder is missing/,
    );
    assert.match(await openElsewhere(path), /muster\.db/);
  });

  test('a read-only folder', async () => {
    const path = await newDatabase();
    chmodSync(join(path, '..'), 0o555);
    assert.match(
      await openElsewhere(path),
      /StoreOpenError: .*permission to read and write it and its folder is missing/,
    );
  });

  test('a folder that cannot be made', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o555);
    assert.match(await openElsewhere(join(folder, 'deeper', 'muster.db')), /StoreOpenError: .*permission/);
  });

  test('an empty path of new folders is made, for its owner alone', async () => {
    const path = join(newFolder(), 'a', 'b', 'muster.db');
    assert.equal(await openElsewhere(path), 'open');
  });
});

describe('a disk that fails', () => {
  test('a full one acknowledges nothing, keeps what it had, and goes on when there is room', async () => {
    const path = join(newFolder(), 'muster.db');
    mkdirSync(join(path, '..'), { recursive: true });
    const small = await openSqliteStore({ path, maxPages: 60 });
    let acknowledged = 0;
    const fill = async () => {
      for (;;) {
        const batch = [1, 2, 3].map((next) => creating(acknowledged + next, { data: { text: 'x'.repeat(2000) } }));
        await small.apply(batch);
        acknowledged += batch.length;
      }
    };
    await assert.rejects(fill(), { code: 'unavailable', reason: 'store_full' });
    await assert.rejects(fill(), { code: 'unavailable', reason: 'store_full' });
    assert.ok(acknowledged > 0);
    assert.equal((await small.find({ op: 'all' }, { offset: 0, limit: 1000 })).users.length, acknowledged);
    assert.equal((await small.load({ users: [acknowledged + 1] })).users.size, 0);
    await small.close();
    const store = await openSqliteStore({ path });
    assert.equal((await userIn(store, acknowledged)).key, acknowledged);
    assert.notEqual((await store.apply([creating(acknowledged + 1)]))[0], 'lost');
    await store.close();
  });

  test('a damaged file is refused, or answers that it is unavailable, and never acknowledges', async () => {
    const path = await newDatabase();
    const whole = readFileSync(path);
    writeFileSync(path, Buffer.concat([Buffer.alloc(100, 'x'), whole.subarray(100)]));
    assert.match(await refusal(path), /is no SQLite database, or is damaged/);
    writeFileSync(path, Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(whole.length - 8192, 0xff)]));
    const outcome = await openSqliteStore({ path }).catch((error: unknown) => error);
    if (outcome instanceof Error) return assert.match(outcome.message, /is damaged/);
    const store = outcome as Awaited<ReturnType<typeof openSqliteStore>>;
    const unavailable = { code: 'unavailable', reason: 'store_unavailable' };
    await assert.rejects(store.load({ users: [1] }), unavailable);
    await assert.rejects(store.apply([creating(2)]), unavailable);
    await store.close();
  });
});
