import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameKey } from './names.ts';
import { foldText, searchedTexts, trigramsOf } from './searched-text.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

test('a piece of a text folds to a piece of the folded text, and folding twice is folding once', () => {
  fc.assert(
    fc.property(text, text, text, (before, piece, behind) => {
      const whole = foldText(before + piece + behind);
      assert.equal(whole, foldText(before) + foldText(piece) + foldText(behind));
      assert.equal(foldText(whole), whole);
    }),
    { numRuns: 2000 },
  );
});

test('texts that fold to the same are the same name', () => {
  for (const [one, other] of [
    ['MÜLLER', 'müller'],
    ['STRASSE', 'straße'],
    ['ΑΣ', 'ας'],
    ['K', 'k'],
  ] as const) {
    assert.equal(foldText(one), foldText(other));
  }
  fc.assert(
    fc.property(text, (one) => assert.equal(nameKey(foldText(one)), nameKey(one))),
    { numRuns: 5000 },
  );
});

test('a text holds all trigrams of its pieces', () => {
  fc.assert(
    fc.property(text, text, text, (before, piece, behind) => {
      const all = new Set(trigramsOf(before + piece + behind));
      assert.ok(trigramsOf(piece).every((trigram) => all.has(trigram)));
    }),
  );
  assert.deepEqual(trigramsOf('abcab陽菜'), ['abc', 'bca', 'cab', 'ab陽', 'b陽菜']);
});

test('nothing of a deleted user is looked for', () => {
  const fields = { username: 'minnie', 'loginNames.accela': 'm', lifecycle: 'active', data: { a: 1 } } as const;
  assert.deepEqual(searchedTexts(fields), { username: 'minnie', 'loginNames.accela': 'm' });
  assert.deepEqual(searchedTexts({ ...fields, lifecycle: 'deleted' }), {});
});
