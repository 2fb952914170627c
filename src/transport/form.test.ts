import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseForm } from './form.ts';

test('names and values in order, with + and percent signs resolved, broken escapes as they are', () => {
  const form = [...(parseForm('a=1&b=x+y&a=%C3%A9&__proto__=p&c&d=%zz') ?? [])];
  assert.deepEqual(form, [
    ['a', '1'],
    ['b', 'x y'],
    ['a', 'é'],
    ['__proto__', 'p'],
    ['c', ''],
    ['d', '%zz'],
  ]);
});

test('escapes that are no UTF-8 make it no form', () => {
  for (const text of ['a=%FF', 'a=%C3', 'a=%C3x%A9', 'a=%ED%A0%80', '%FF=1']) {
    assert.equal(parseForm(text), undefined, text);
  }
});
