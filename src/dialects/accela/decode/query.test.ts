import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import { decodeFields, decodePage } from './query.ts';

const query = (text: string) => new URLSearchParams(text);

test('a page starts at 0 and has 25 entries unless asked otherwise', () => {
  assert.deepEqual(decodePage(query('')), { offset: 0, limit: 25 });
  assert.deepEqual(decodePage(query('offset=&limit=')), { offset: 0, limit: 25 });
  assert.deepEqual(decodePage(query('offset=50&limit=1000')), { offset: 50, limit: 1000 });
  assert.deepEqual(decodePage(query('limit=1')), { offset: 0, limit: 1 });
});

test('an offset or a limit out of range is refused by name', () => {
  const wrong = ['limit=0', 'limit=1001', 'limit=-1', 'limit=ten', 'limit=1.5', 'offset=-1', 'offset=1e3'];
  for (const text of [...wrong, 'offset=99999999999999999999']) {
    assert.throws(
      () => decodePage(query(text)),
      (error) =>
        error instanceof DirectoryError && error.code === 'invalid_argument' && error.field === text.split('=')[0],
      text,
    );
  }
});

test('fields is a comma-separated list, and all of them when there is none', () => {
  assert.equal(decodeFields(query('')), undefined);
  assert.equal(decodeFields(query('fields=')), undefined);
  assert.deepEqual(decodeFields(query('fields=email,%20loginName,,role')), new Set(['email', 'loginName', 'role']));
});
