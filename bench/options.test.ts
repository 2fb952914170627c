import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Options, readOptions } from './options.ts';

const options = (...args: string[]): Options => {
  const read = readOptions(args);
  if (read === 'help') assert.fail('it was not help that was asked for');
  return read;
};

test('the slow parts are measured when they are asked for', () => {
  assert.equal(options().wants('growth'), false);
  assert.equal(options('--goals').wants('growth'), true);
  assert.equal(options('--only', 'growth').wants('growth'), true);
});

test('--only leaves the others out', () => {
  const { wants } = options('--only', 'zitadel,2sms xml');
  assert.deepEqual(['zitadel', '2sms xml', 'accela', 'peers'].map(wants), [true, true, false, false]);
});

test('what is not known is refused, and what is known is told', () => {
  assert.throws(() => options('--only', 'zitadle'), /--only knows zitadel, .*, and not zitadle/);
  assert.throws(() => options('--stores', 'mysql'), /--stores knows embedded, postgres, and not mysql/);
  assert.throws(() => options('--rounds', '0'), /--rounds needs a whole number from 1/);
});
