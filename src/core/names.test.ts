import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameKey, normaliseName, normaliseText } from './names.ts';

test('a name has one key in any case and any Unicode form', () => {
  const same = [
    ['Minnie-Mouse', 'MINNIE-MOUSE'],
    ['Zo\u00EB', 'Zoe\u0308'],
    ['\uFF21\uFF44\uFF4D\uFF49\uFF4E', 'admin'],
    ['straße', 'STRASSE'],
    ['ΑΣ', 'ας'],
    ['\u212Aelvin', 'kelvin'],
    ['ﬁona', 'FIONA'],
  ];
  for (const [a = '', b = ''] of same) assert.equal(nameKey(a), nameKey(b), `${a} and ${b}`);
  assert.notEqual(nameKey('minnie'), nameKey('mickey'));
});

test('the key of a key is the key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => assert.equal(nameKey(nameKey(name)), nameKey(name))),
  );
});

test('the key of a key is the key, also for combining marks that move', () => {
  for (const marks of ['\u0307\u0345', 'a\u0301\u0345', '\u1F84', '\u1F86']) {
    assert.equal(nameKey(nameKey(marks)), nameKey(marks));
    assert.equal(nameKey(marks.normalize('NFD')), nameKey(marks));
  }
});

test('normalising a name twice is normalising it once, and keeps its key', () => {
  const named = fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => {
    try {
      return normaliseName('username', name) !== '';
    } catch {
      return false;
    }
  });
  fc.assert(
    fc.property(named, (name) => {
      const once = normaliseName('username', name);
      assert.equal(normaliseName('username', once), once);
      assert.equal(nameKey(once), nameKey(name));
    }),
  );
});

test('a name with nothing to see in it, or something invisible, is refused', () => {
  const bad = [
    '',
    ' ',
    'a\u0000b',
    'a\uD800b',
    'a\u202Eb',
    'a\u200Bb',
    'a\u00ADb',
    'a\nb',
    'a\u2066b',
    'a\u3164b',
    '\u2800',
    42,
    null,
    {},
  ];
  for (const name of bad) {
    assert.throws(() => normaliseName('username', name), { code: 'invalid_argument', field: 'username' }, String(name));
  }
});

test('a text is cut off by no limit and refused beyond it', () => {
  assert.equal(normaliseText('profile.nickName', '🐭'.repeat(200)), '🐭'.repeat(200));
  const tooLong = '🐭'.repeat(201);
  assert.throws(() => normaliseText('profile.nickName', tooLong), {
    reason: 'field_too_long',
    field: 'profile.nickName',
  });
});

test('a name of ASCII alone is folded as every name is', () => {
  const fold = (name: string) => name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
  fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (name) => assert.equal(nameKey(name), fold(name))));
});
