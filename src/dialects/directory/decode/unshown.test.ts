import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, type Json, mergeJson, sameJson } from '#core/json.ts';
import { unshown } from './unshown.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

test('nothing remains of what is shown', () => {
  fc.assert(fc.property(json, (value) => value === null || unshown(value, value) === undefined));
});

test('what remains does what the whole would have done', () => {
  const object = json.filter(isJsonObject);
  fc.assert(
    fc.property(object, object, (shown, patch) => {
      const whole = mergeJson(shown, patch);
      const rest = unshown(patch, shown);
      return sameJson(rest === undefined ? shown : mergeJson(shown, rest), whole);
    }),
  );
});

test('null asks for nothing where nothing is', () => {
  assert.equal(unshown({ a: null }, {}), undefined);
  assert.deepEqual(unshown({ a: null }, { a: 1 }), { a: null });
});
