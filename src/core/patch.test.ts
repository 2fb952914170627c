import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonObject, patch, rawFields, table } from './arbitraries.ts';
import { mergeJson, sameJson } from './json.ts';
import { applyPatch, diff, type Fields, normalisePatch, patchOf, type UserPatch } from './patch.ts';

const fields = rawFields.map((raw) => applyPatch({}, normalisePatch(raw as UserPatch, table)));
const clean = patch.map((raw) => normalisePatch(raw, table));
const isSame = (a: unknown, b: unknown): void =>
  assert.ok(sameJson(a, b), `${JSON.stringify(a)} is not ${JSON.stringify(b)}`);

test('applying a diff gives back the after', () => {
  fc.assert(
    fc.property(fields, fields, (before, after) => isSame(applyPatch(before, patchOf(diff(before, after))), after)),
  );
});

test('a patch of equal values changes nothing', () => {
  fc.assert(fc.property(fields, (before) => isSame(diff(before, applyPatch(before, before as UserPatch)), {})));
});

test('null clears, absent keeps, a value replaces', () => {
  fc.assert(
    fc.property(fields, clean, (before, sent) => {
      const after = applyPatch(before, sent) as Record<string, unknown>;
      for (const path of Object.keys({ ...before, ...sent })) {
        const value = Object.hasOwn(sent, path) ? Reflect.get(sent, path) : Reflect.get(before, path);
        isSame(after[path] ?? null, value);
        assert.equal(Object.hasOwn(after, path), value !== null);
      }
    }),
  );
});

test('normalising twice is normalising once', () => {
  fc.assert(
    fc.property(patch, (sent) =>
      isSame(normalisePatch(normalisePatch(sent, table), table), normalisePatch(sent, table)),
    ),
  );
});

test('a patch applied twice is a patch applied once', () => {
  fc.assert(
    fc.property(fields, clean, (before, sent) =>
      isSame(applyPatch(applyPatch(before, sent), sent), applyPatch(before, sent)),
    ),
  );
});

test('a path that is in no row of the table is refused, also to be cleared', () => {
  for (const path of ['no.such', '__proto__', 'constructor', 'extensions.zitadel.x', 'loginNames.', 'loginNames.A b']) {
    for (const value of [null, 'x']) {
      const sent = Object.fromEntries([[path, value]]) as UserPatch;
      assert.throws(() => normalisePatch(sent, table), { code: 'invalid_argument', field: path });
    }
  }
});

test('inside data every key is plain data', () => {
  const sent = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":null}');
  const { data } = applyPatch({}, normalisePatch({ data: sent }, table)) as Required<Pick<Fields, 'data'>>;
  assert.equal(JSON.stringify(data), JSON.stringify(sent));
  assert.equal(
    JSON.stringify(mergeJson({}, { ...sent, toString: 1 })),
    '{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":1}',
  );
});

test('data holds only what can be written and read again', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  for (const data of [
    '{"a":1e400}',
    '{"a":"\\ud800"}',
    '{"\\udfff":1}',
    '[]',
    '1',
    JSON.stringify(deep(30)),
    JSON.stringify({ a: 'x'.repeat(65_536) }),
  ]) {
    const sent = { data: JSON.parse(data) };
    assert.throws(() => normalisePatch(sent, table), { code: 'invalid_argument', field: 'data' }, data);
  }
  normalisePatch({ data: deep(29) as never }, table);
});

test('a moment that no calendar has is none', () => {
  for (const at of ['2026-02-30T00:00:00.000Z', '2026-11-21T24:00:00.000Z', '2026-11-21', 'now', 0]) {
    const sent = { registeredAt: at } as UserPatch;
    assert.throws(() => normalisePatch(sent, table), { field: 'registeredAt' }, String(at));
  }
});

test('a merge patch of what is there changes nothing, and null in it removes', () => {
  fc.assert(
    fc.property(jsonObject, (data) => {
      const withoutNulls = mergeJson({}, data);
      isSame(mergeJson(withoutNulls, withoutNulls), withoutNulls);
    }),
  );
  isSame(mergeJson({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null, e: 4 } }), { b: { d: 3, e: 4 } });
});
