import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestDirectory } from '#test/directory.ts';
import type { Command } from './command.ts';
import { DirectoryError } from './errors.ts';

/** A command that is always refused, and told so after some time. */
function refusedAfter(tellAfterMs: number): Command<{ user: number }, undefined, undefined> {
  return {
    name: 'refused',
    turn: () => 'one at a time',
    touches: ({ user }) => ({ users: [user] }),
    decide() {
      throw new DirectoryError('invalid_argument', 'No.', { reason: 'password_wrong', facts: { tellAfterMs } });
    },
  };
}

test('a refusal is told when its time has come; nothing waits for it but its caller', async (t) => {
  const { directory, clock, system, close } = await openTestDirectory();
  t.after(close);
  const told: string[] = [];
  const ask = (name: string, ms: number) =>
    system()
      .run(refusedAfter(ms), { user: 1 })
      .catch(({ reason }) => told.push(`${name} ${reason}`));
  const asked = [ask('late', 2_000), ask('soon', 1_000), ask('at once', 0)];
  await asked[2];
  assert.deepEqual(told, ['at once password_wrong']);
  assert.equal(directory.waiting, 0);
  clock.advance(1_000);
  await asked[1];
  clock.advance(999);
  await new Promise(setImmediate);
  assert.equal(told.length, 2);
  clock.advance(1);
  await asked[0];
  assert.deepEqual(told.slice(1), ['soon password_wrong', 'late password_wrong']);
});

test('beyond a thousand that wait, a caller is told that there are too many, and nothing else', async (t) => {
  const { clock, system, close } = await openTestDirectory();
  t.after(close);
  const run = () => system().run(refusedAfter(1_000), { user: 1 });
  const kept = Array.from({ length: 1_000 }, () => assert.rejects(run(), { reason: 'password_wrong' }));
  while (clock.pausing < kept.length) await new Promise(setImmediate);
  await assert.rejects(run(), { code: 'resource_exhausted', reason: 'too_many_attempts' });
  clock.advance(1_000);
  await Promise.all(kept);
  const next = assert.rejects(run(), { reason: 'password_wrong' });
  while (clock.pausing === 0) await new Promise(setImmediate);
  clock.advance(1_000);
  await next;
});
