import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments, wholeNumber } from './arguments.ts';
import { CliError, exits } from './exits.ts';

const options = { user: { value: '<user>', help: '' }, yes: { help: '' } };
const read = (...args: string[]) => readArguments(args, '<dialect> <id>', options);

test('words and options stand in any order, values in both ways of writing them', () => {
  for (const args of [
    ['accela', 'app', '--user', 'minnie', '--yes'],
    ['--yes', '--user=minnie', 'accela', 'app'],
  ]) {
    const { operands, value, has } = read(...args);
    assert.deepEqual([operands, value('user'), has('yes')], [['accela', 'app'], 'minnie', true]);
  }
  const { value, has } = read('accela', 'app');
  assert.deepEqual([value('user'), has('yes'), has('user')], [undefined, false, false]);
  assert.equal(read('a', 'b', '--user=').value('user'), '');
  assert.equal(read('a', '--', '--user').operands[1], '--user');
});

const wrong: readonly [string[], RegExp][] = [
  [['a'], /^<id> is missing/],
  [['a', 'b', 'c'], /^c is one word too many\.$/],
  [['a', 'b', '--nope'], /^There is no option --nope here/],
  [['a', 'b', '--constructor'], /^There is no option --constructor here/],
  [['a', 'b', '-u', 'x'], /^There is no option -u here/],
  [['a', 'b', '--user'], /^--user needs a value\.$/],
  [['a', 'b', '--user', '--yes'], /^--user needs a value\.$/],
  [['a', 'b', '--yes=no'], /^--yes takes no value\.$/],
  [['a', 'b', '--yes', '--yes'], /^--yes is given twice\.$/],
];

for (const [args, message] of wrong) {
  test(`refuses ${args.join(' ')}`, () => {
    assert.throws(
      () => read(...args),
      (error) => error instanceof CliError && error.exit === exits.misused && message.test(error.message),
    );
  });
}

test('a whole number is one', () => {
  assert.equal(wholeNumber('limit', '10'), '10');
  for (const text of ['', '-1', '1.5', 'x', '1'.repeat(16)]) {
    assert.throws(() => wholeNumber('limit', text), /--limit must be/);
  }
});
