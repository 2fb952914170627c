import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from './turns.ts';

test('work of one name is done in order, one after the other, whatever becomes of it; other work meanwhile', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await turn();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const taken = [turns.take('a', work('first', true)), turns.take('a', work('second')), turns.take('b', work('other'))];
  assert.equal(turns.waiting, 1);
  const results = await Promise.allSettled(taken);
  assert.equal(turns.waiting, 0);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    ['first', 'second', 'other'],
  );
  assert.deepEqual(
    seen.filter((step) => !step.startsWith('other')),
    ['first begins', 'first ends', 'second begins', 'second ends'],
  );
  assert.ok(seen.indexOf('other begins') < seen.indexOf('first ends'));
  assert.equal(await turns.take('a', work('third')), 'third');
});
