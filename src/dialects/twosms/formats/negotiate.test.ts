import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerTypeFor } from './negotiate.ts';

const cases: [accept: string | undefined, sent: string | undefined, answer: string][] = [
  [undefined, undefined, 'application/json'],
  [undefined, 'text/xml; charset=utf-8', 'text/xml'],
  [undefined, 'application/x-www-form-urlencoded', 'application/json'],
  ['text/xml', 'application/json', 'text/xml'],
  ['TEXT/JSON', undefined, 'text/json'],
  ['application/xml;q=0.4, text/json;q=0.6', undefined, 'text/json'],
  ['application/xml, application/json', undefined, 'application/json'],
  ['text/json, application/json', undefined, 'text/json'],
  ['text/*', undefined, 'text/json'],
  ['application/*', undefined, 'application/json'],
  ['*/*', 'text/xml', 'application/json'],
  ['*/*, text/xml', undefined, 'text/xml'],
  ['text/*, application/xml', undefined, 'application/xml'],
  ['*/*;q=0.9, text/xml;q=0.8', undefined, 'application/json'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', undefined, 'application/xml'],
  ['text/csv', undefined, 'application/json'],
  ['text/csv', 'application/xml', 'application/xml'],
  ['application/json;q=0', 'text/xml', 'text/xml'],
  ['text/xml;q=2', undefined, 'application/json'],
  ['nonsense', 'nonsense', 'application/json'],
];

for (const [accept, sent, answer] of cases) {
  test(`Accept: ${accept ?? '(none)'} of a request with ${sent ?? 'no body'} is answered as ${answer}`, () => {
    assert.equal(answerTypeFor({ accept, 'content-type': sent }), answer);
  });
}

test('a script that names no type is answered in JSON', () => {
  const headers = { 'content-type': 'text/xml', 'x-requested-with': 'XMLHttpRequest' };
  assert.equal(answerTypeFor(headers), 'application/json');
  assert.equal(answerTypeFor({ ...headers, accept: '*/*' }), 'application/json');
  assert.equal(answerTypeFor({ ...headers, accept: 'text/xml' }), 'text/xml');
});
