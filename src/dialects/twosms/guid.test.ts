import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGuid, uuidV5 } from './guid.ts';

const plain = 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7';

test('a guid is read in the forms D, N, B and P, in any case, and answered as D in lower case', () => {
  for (const form of [plain, plain.replaceAll('-', ''), `{${plain}}`, `(${plain})`]) {
    assert.equal(parseGuid(form), plain);
    assert.equal(parseGuid(form.toUpperCase()), plain);
  }
});

test('anything else is no guid', () => {
  for (const text of [
    '',
    '17',
    `{${plain}`,
    `${plain})`,
    `{${plain})`,
    plain.slice(1),
    `${plain}0`,
    plain.replace('a', 'g'),
  ]) {
    assert.equal(parseGuid(text), undefined, text);
  }
});

test("a UUID of version 5 is the one of RFC 9562's example", () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  assert.equal(uuidV5(dns, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
});
