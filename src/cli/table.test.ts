import assert from 'node:assert/strict';
import { test } from 'node:test';
import { card, table, textOf } from './table.ts';

const rows = [
  ['1', 'minnie', null],
  ['2', undefined, ['a', 'b']],
];

test('for a program it is a line for each row, with tabs between', () => {
  assert.equal(table(['id', 'name', 'list'], rows, {}), 'id\tname\tlist\n1\tminnie\t\n2\t\ta, b\n');
  assert.equal(table(['id'], [], {}), 'id\n');
});

test('on a terminal it has lines around it, and no colours', () => {
  const drawn = table(['id', 'name', 'list'], rows, { isTTY: true });
  assert.match(drawn, /│ 1 {2}│ minnie │ {6}│/);
  assert.ok(!drawn.includes('\u001b'));
});

test('a card has a line for each member, those of objects by their path, but data whole', () => {
  const user = {
    id: 'x',
    profile: { givenName: 'Minnie' },
    data: { a: { b: 1 } },
    administers: [],
    questions: [{ q: 1 }],
  };
  const lines = ['id\tx', 'profile.givenName\tMinnie', 'data\t{"a":{"b":1}}', 'administers\t', 'questions\t[{"q":1}]'];
  assert.equal(card(user, {}), `${lines.join('\n')}\n`);
  assert.match(card(user, { isTTY: true }), /│ profile\.givenName │ Minnie/);
});

test('what a terminal would obey is made visible, and nothing spans lines', () => {
  assert.equal(textOf('a\u001b[31mb\nc\u202ed\u2028e\u0085f'), 'a\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f');
  assert.equal(textOf({ a: 'b' }), '{"a":"b"}');
  assert.equal(textOf(false), 'false');
});
