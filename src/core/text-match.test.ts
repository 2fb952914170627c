import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meets } from './text-match.ts';

const methods = ['equals', 'startsWith', 'contains', 'endsWith'] as const;

test('each way to match a text, with and without its case', () => {
  const found = (text: string, ignoreCase: boolean) =>
    methods.filter((method) => meets('Éclair.a', { method, text, ignoreCase }));
  assert.deepEqual(found('Éclair.a', false), [...methods]);
  assert.deepEqual(found('éCLAIR.A', false), []);
  assert.deepEqual(found('éCLAIR.A', true), [...methods]);
  assert.deepEqual(found('Écl', false), ['startsWith', 'contains']);
  assert.deepEqual(found('CLAIR', true), ['contains']);
  assert.deepEqual(found('R.A', true), ['contains', 'endsWith']);
  assert.deepEqual(found('r.A', false), []);
  assert.deepEqual(found('', false), ['startsWith', 'contains', 'endsWith']);
  assert.deepEqual(found('%', true), []);
  for (const unfindable of ['\0', '\ud800']) assert.deepEqual(found(unfindable, false), []);
  assert.ok(meets('Straße ΑΣ', { method: 'equals', text: 'STRASSE ας', ignoreCase: true }));
});
