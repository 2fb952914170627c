import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyFileOf, keysBeside, parseSecretKeys } from './secret-keys.ts';
import { systemRandom } from './system-random.ts';

function database(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'data', 'muster.db');
}

test('reads one or several keys of 32 bytes, and nothing else', () => {
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 250)];
  assert.deepEqual(parseSecretKeys(one.toString('base64')), [one]);
  assert.deepEqual(parseSecretKeys(`${two.toString('base64url')}, ${one.toString('base64')}`), [two, one]);
  for (const text of ['', 'secret', Buffer.alloc(31).toString('base64'), `${one.toString('base64')},`]) {
    assert.equal(parseSecretKeys(text), undefined, text);
  }
});

test('a new database gets a key that only its owner can read, and keeps it', (context) => {
  const path = database(context);
  const keys = keysBeside(path, systemRandom);
  assert.equal(keys.length, 1);
  assert.equal(keys[0]?.length, 32);
  if (process.platform !== 'win32') assert.equal(statSync(keyFileOf(path)).mode & 0o777, 0o600);
  writeFileSync(path, 'a database');
  assert.deepEqual(keysBeside(path, systemRandom), keys);
});

test('a database without its key is refused, and no key is made', (context) => {
  const path = database(context);
  keysBeside(path, systemRandom);
  writeFileSync(path, 'a database');
  rmSync(keyFileOf(path));
  assert.throws(() => keysBeside(path, systemRandom), /its key .*muster\.key is not.*MUSTER_SECRET_KEY/);
  assert.throws(() => statSync(keyFileOf(path)));
});

test('a key file that holds no key is refused and left as it is', (context) => {
  const path = database(context);
  keysBeside(path, systemRandom);
  writeFileSync(keyFileOf(path), 'nonsense');
  assert.throws(() => keysBeside(path, systemRandom), /holds no key/);
  assert.equal(readFileSync(keyFileOf(path), 'utf8'), 'nonsense');
});

test('a folder that cannot be made is told in one line', (context) => {
  const path = database(context);
  writeFileSync(join(path, '..', '..', 'data'), 'a file');
  assert.throws(
    () => keysBeside(path, systemRandom),
    /^DirectoryError: The key .*muster\.key cannot be written: E\w+: [^\n]+$/,
  );
});
