import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bind, InvalidMember } from './bind.ts';
import { type MemberName, members, type SentValue, structure } from './model.ts';

function bound(name: MemberName, sent: SentValue) {
  const member = members.find((candidate) => candidate.name === name);
  assert.ok(member);
  return bind(member, sent);
}

test('flags are true and false, their words in any case, and 1 and 0', () => {
  for (const sent of [true, 'true', 'True', ' TRUE ', 1, '1']) assert.equal(bound('Enabled', sent), true);
  for (const sent of [false, 'false', 'False', 0, '0']) assert.equal(bound('Enabled', sent), false);
  for (const sent of ['yes', 2, '', 'on']) assert.throws(() => bound('Enabled', sent), InvalidMember);
});

test('texts are taken from numbers and booleans too, and keep their spaces', () => {
  assert.equal(bound('MobilePhone', 41791234567), '41791234567');
  assert.equal(bound('DisplayName', true), 'true');
  assert.equal(bound('DisplayName', ' Minnie '), ' Minnie ');
});

test('guids are answered in lower case; an empty one is none', () => {
  assert.equal(bound('ID', '{A2D8B2D2-1673-4F2D-A9EC-B02947160BE7}'), 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7');
  assert.equal(bound('ID', ' '), null);
  assert.throws(() => bound('ID', '17'), { message: "The value '17' is not valid for ID." });
});

test('dates are ISO 8601 with or without an offset, to seven digits of the fraction, or /Date(ms)/', () => {
  const dates = ['2024-03-28T08:12:49.3595132+00:00', '2024-03-28T08:12:49Z', '2024-03-28', '2024-02-29T08:12'];
  for (const date of [...dates, '/Date(1711613569359)/', '/Date(1711613569359+0100)/']) {
    assert.equal(bound('DateCreated', date), date);
  }
  assert.equal(bound('DateCreated', ''), null);
  for (const text of [
    'yesterday',
    '2024-04-31',
    '2023-02-29T00:00:00Z',
    '2024-03-28T25:00:00',
    '2024-03-28T08:12:49.12345678Z',
  ]) {
    assert.throws(() => bound('DateCreated', text), InvalidMember, text);
  }
});

test('an enumeration is a 32-bit number or the names of its members; NONE is 0', () => {
  for (const [sent, value] of [
    [3, 3],
    ['3', 3],
    ['-2', -2],
    ['none', 0],
    ['FULL_ACCESS', 'FULL_ACCESS'],
    ['A, B', 'A, B'],
    ['A B', 'A B'],
  ] as const) {
    assert.equal(bound('Preferences', sent), value);
  }
  for (const sent of [1.5, 2 ** 31, true, '', 'no-name', '<b>', '99999999999']) {
    assert.throws(() => bound('Preferences', sent), InvalidMember, String(sent));
  }
});

test('null stays null, a structure is never a value, and the text of an error is short', () => {
  for (const { name } of members) {
    assert.equal(bound(name, null), null);
    assert.throws(() => bound(name, structure), { message: `The value is not valid for ${name}.` });
  }
  assert.throws(
    () => bound('ID', 'x'.repeat(1000)),
    (error: Error) => error.message.length < 150,
  );
});

test('binding any value answers one or says what is wrong', () => {
  const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.constantFrom(...members), value, (member, sent) => {
      try {
        bind(member, sent);
      } catch (error) {
        assert.ok(error instanceof InvalidMember);
      }
    }),
  );
});
