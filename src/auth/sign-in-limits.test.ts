import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DirectoryError } from '#core/errors.ts';
import { ManualClock } from '#test/manual.ts';
import { SignInLimits } from './sign-in-limits.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const right = async () => 'in';
const wrong = async (): Promise<never> => {
  throw new DirectoryError('unauthenticated', 'Wrong.', { reason: 'password_wrong' });
};
const refused = { code: 'resource_exhausted', reason: 'too_many_attempts' };
const isWrong = { reason: 'password_wrong' };
const open = (options = {}) => new SignInLimits(new ManualClock(), options);

test('wrong attempts count against a name, right ones and faults do not', async () => {
  const limits = open({ perName: 2 });
  const fault = async () => {
    throw new DirectoryError('unavailable', 'Later.', { reason: 'queue_full' });
  };
  for (let each = 0; each < 5; each++) {
    assert.equal(await limits.attempt({ name: 'a' }, right), 'in');
    await assert.rejects(limits.attempt({ name: 'a' }, fault), { reason: 'queue_full' });
  }
  for (let each = 0; each < 2; each++) await assert.rejects(limits.attempt({ name: 'a' }, wrong), isWrong);
  await assert.rejects(limits.attempt({ name: 'a' }, right), refused);
  assert.equal(await limits.attempt({ name: 'b' }, right), 'in');
  assert.equal(await limits.attempt({ client: 'a' }, right), 'in');
});

test('a window ends, and says when', async () => {
  const clock = new ManualClock();
  const limits = new SignInLimits(clock, { perName: 1, windowMs: 10_000 });
  await assert.rejects(limits.attempt({ name: 'a' }, wrong), isWrong);
  clock.advance(2_500);
  await assert.rejects(limits.attempt({ name: 'a' }, right), { ...refused, facts: { retryAfterSeconds: 8, limit: 1 } });
  clock.advance(7_500);
  assert.equal(await limits.attempt({ name: 'a' }, right), 'in');
});

test('wrong attempts from one address count together, whatever the names', async () => {
  const limits = open({ perAddress: 2 });
  for (const name of ['a', 'b']) await assert.rejects(limits.attempt({ name, address: '10.0.0.1' }, wrong), isWrong);
  await assert.rejects(limits.attempt({ name: 'c', address: '10.0.0.1' }, right), refused);
  assert.equal(await limits.attempt({ name: 'c', address: '10.0.0.2' }, right), 'in');
  for (const address of ['2001:db8::1', '2001:db8::2'])
    await assert.rejects(limits.attempt({ address }, wrong), isWrong);
  await assert.rejects(limits.attempt({ address: '2001:db8::3' }, right), refused);
  assert.equal(await limits.attempt({ address: '2001:db8:0:1::1' }, right), 'in');
});

test('right attempts that come together all get in, and of wrong ones no more than may', async () => {
  const limits = open({ perName: 3 });
  let looked = 0;
  const slowly = (work: () => Promise<string>) => async () => {
    looked += 1;
    await new Promise(setImmediate);
    return work();
  };
  const each = (work: () => Promise<string>) =>
    Array.from({ length: 20 }, () => limits.attempt({ name: 'a' }, slowly(work)));
  assert.deepEqual(new Set(await Promise.all(each(right))), new Set(['in']));
  assert.equal(looked, 20);
  const outcomes = await Promise.allSettled(each(wrong));
  assert.equal(looked, 23);
  const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.reason : 'in'));
  assert.deepEqual(reasons.slice(0, 4), ['password_wrong', 'password_wrong', 'password_wrong', 'too_many_attempts']);
});

test('a name of a mebibyte is remembered in little', async () => {
  const limits = open();
  collectGarbage();
  const before = process.memoryUsage.rss();
  for (let each = 0; each < 200; each++) {
    const name = `${each} ${Buffer.alloc(1_048_576, 'x').toString()}`;
    await assert.rejects(limits.attempt({ name }, wrong), isWrong);
  }
  collectGarbage();
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
  assert.ok(grown < 100, `${grown} MiB for 200 names`);
});

test('names that begin alike are told apart', async () => {
  const limits = open({ perName: 1 });
  const long = 'x'.repeat(10_000);
  for (const end of ['1', '2']) await assert.rejects(limits.attempt({ name: long + end }, wrong), isWrong);
  await assert.rejects(limits.attempt({ name: `${long}1` }, right), refused);
});
