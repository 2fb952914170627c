import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ManualClock } from '#test/manual.ts';
import { SignInLimits } from './sign-in-limits.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a name of a mebibyte is remembered in little', () => {
  const limits = new SignInLimits(new ManualClock());
  collectGarbage();
  const before = process.memoryUsage.rss();
  for (let each = 0; each < 200; each++) limits.begin(`${each} ${Buffer.alloc(1_048_576, 'x').toString()}`, undefined);
  collectGarbage();
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
  assert.ok(grown < 100, `${grown} MiB for 200 names`);
});

test('names that begin alike are told apart', () => {
  const limits = new SignInLimits(new ManualClock(), { perName: 1 });
  const long = 'x'.repeat(10_000);
  limits.begin(`${long}1`, undefined);
  limits.begin(`${long}2`, undefined);
  assert.throws(() => limits.begin(`${long}1`, undefined), { reason: 'too_many_attempts' });
});
