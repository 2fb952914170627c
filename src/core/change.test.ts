import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { patch, rawFields, table } from './arbitraries.ts';
import { type Change, sealChange, verifyChanges } from './change.ts';
import { applyPatch, diff, type Fields, normalisePatch, type UserPatch } from './patch.ts';

/** A user's history as the writer makes it, and the user's own row. */
const history = fc.tuple(rawFields, fc.array(patch, { maxLength: 6 })).map(([first, patches]) => {
  const changes: Change[] = [];
  let fields: Fields = {};
  for (const sent of [first as UserPatch, ...patches]) {
    const next = applyPatch(fields, normalisePatch(sent, table));
    changes.push(
      sealChange({
        schema: 1,
        realm: 1,
        subject: { kind: 'user', key: 7 },
        version: changes.length + 1,
        at: '2026-11-21T10:00:00.000Z',
        actor: { kind: 'user', id: 'a', username: 'admin' },
        via: 'zitadel',
        command: 'update-user',
        previous: changes.at(-1)?.digest ?? '',
        changes: diff(fields, next),
        salt: `salt ${changes.length}`,
      }),
    );
    fields = next;
  }
  return { changes, row: { version: changes.length, digest: changes.at(-1)?.digest ?? '', fields } };
});

test('the digests are SHA-256 over canonical JSON, as any other program would compute them', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  fc.assert(
    fc.property(history, ({ changes }) => {
      for (const { changes: values, salt, digest, ...skeleton } of changes) {
        assert.equal(skeleton.valuesDigest, sha256(`${salt}\n${canonicalize(values)}`));
        assert.equal(digest, sha256(canonicalize(skeleton) ?? ''));
      }
    }),
  );
});

test('an untouched history verifies, also when values have been erased', () => {
  fc.assert(
    fc.property(history, fc.nat(), ({ changes, row }, at) => {
      assert.deepEqual(verifyChanges(row, changes), { ok: true });
      const erased = changes.map(({ changes: _values, salt: _salt, ...rest }, index) =>
        index === at % changes.length ? (rest as Change) : (changes[index] as Change),
      );
      assert.deepEqual(verifyChanges(row, erased), { ok: true });
    }),
  );
});

test('any row edited, removed, added or moved is found while the user row stands', () => {
  const edits: ((change: Change) => Change)[] = [
    (change) => ({ ...change, at: '2020-01-01T00:00:00.000Z' }),
    (change) => ({ ...change, actor: { ...change.actor, username: 'mallory' } }),
    (change) => ({ ...change, command: 'delete-user' }),
    (change) => ({ ...change, via: 'accela' }),
    (change) => ({ ...change, request: 'forged' }),
    (change) => ({ ...change, previous: 'f'.repeat(64) }),
    (change) => ({ ...change, digest: 'f'.repeat(64) }),
    (change) => ({ ...change, salt: 'another' }),
    (change) => ({ ...change, changes: { ...change.changes, owner: { before: null, after: true } } }),
    (change) => sealChange({ ...change, changes: { owner: { before: null, after: true } }, salt: 'x' }),
  ];
  fc.assert(
    fc.property(history, fc.nat(), fc.constantFrom(...edits), ({ changes, row }, seed, edit) => {
      const at = seed % changes.length;
      const edited = changes.map((change, index) => (index === at ? edit(change) : change));
      assert.equal(verifyChanges(row, edited).ok, false, 'edited');
      assert.equal(verifyChanges(row, changes.toSpliced(at, 1)).ok, false, 'removed');
      assert.equal(verifyChanges(row, changes.toSpliced(at, 0, changes[at] as Change)).ok, false, 'added');
      if (changes.length > 1) assert.equal(verifyChanges(row, changes.toReversed()).ok, false, 'moved');
    }),
  );
});

test('each break is told apart', () => {
  const at = (version: number, previous: string, changes: object) =>
    sealChange({
      ...{ schema: 1, realm: 1, subject: { kind: 'user', key: 7 }, at: '2026-11-21T10:00:00.000Z', via: 'zitadel' },
      ...{ actor: { kind: 'user', id: 'a', username: 'admin' }, command: 'update-user', salt: 's' },
      ...{ version, previous, changes },
    } as Parameters<typeof sealChange>[0]);
  const one = at(1, '', { username: { before: null, after: 'a' } });
  const two = at(2, one.digest, { username: { before: 'a', after: 'b' } });
  const row = { version: 2, digest: two.digest, fields: { username: 'b' } };
  const why = (changes: Change[], subject = row) => {
    const verdict = verifyChanges(subject, changes);
    return verdict.ok ? 'ok' : verdict.why;
  };
  assert.equal(why([one, two]), 'ok');
  assert.match(why([two]), /missing or has been added/);
  assert.match(why([one, at(2, 'f'.repeat(64), {})]), /does not follow/);
  assert.match(why([one]), /the last change is missing/);
  assert.match(why([one, at(2, one.digest, { username: { before: 'a', after: 'c' } })]), /is not the recorded one/);
  for (const part of ['schema', 'realm', 'subject', 'address', 'request'] as const) {
    assert.match(why([one, { ...two, [part]: 'forged' } as never]), /edited/, part);
  }
});

test('metadata adds up as fields do, and goes with its user', () => {
  const record = (version: number, previous: string, changes: object) =>
    sealChange({
      ...{ schema: 1, realm: 1, subject: { kind: 'user', key: 7 }, at: '2026-11-21T10:00:00.000Z', via: 'zitadel' },
      ...{ actor: { kind: 'user', id: 'a', username: 'admin' }, command: 'set-metadata', salt: 's' },
      ...{ version, previous, changes },
    } as Parameters<typeof sealChange>[0]);
  const one = record(1, '', { 'metadata.a': { before: null, after: 'AA==' } });
  const two = record(2, one.digest, { lifecycle: { before: 'active', after: 'deleted' } });
  const standing = { version: 1, digest: one.digest, fields: {} };
  assert.equal(verifyChanges({ ...standing, metadata: { 'metadata.a': 'AA==' } }, [one]).ok, true);
  assert.equal(verifyChanges({ ...standing, metadata: { 'metadata.a': 'AQ==' } }, [one]).ok, false);
  assert.equal(verifyChanges(standing, [one]).ok, false);
  const deleted = { version: 2, digest: two.digest, fields: { lifecycle: 'deleted' } } as const;
  assert.equal(verifyChanges(deleted, [one, two]).ok, true);
  assert.equal(verifyChanges({ ...deleted, metadata: { 'metadata.a': 'AA==' } }, [one, two]).ok, false);
});

test('a user row that its changes do not add up to is found', () => {
  fc.assert(
    fc.property(history, ({ changes, row }) => {
      const fields = { ...row.fields, owner: true };
      assert.equal(verifyChanges({ ...row, fields }, changes).ok, false);
    }),
  );
});
