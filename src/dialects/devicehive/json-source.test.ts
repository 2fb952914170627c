import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { memberSource, parseJson, refuseLostDigits } from './json-source.ts';

const malformed = { name: 'Refusal', code: 400, message: 'Malformed Json received.' };

test('any member of any object is found as it was written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('', ' ', '\n\t'), (object, space) => {
      const sources = Object.entries(object).map(
        ([name, value]) => [name, JSON.stringify(value, null, space)] as const,
      );
      const members = sources.map(([name, source]) => `${space}${JSON.stringify(name)}${space}:${space}${source}`);
      const text = `${space}{${members.join(`${space},`)}${space}}${space}`;
      for (const [name, source] of sources) assert.equal(memberSource(text, name), source);
      assert.equal(memberSource(text, `${Object.keys(object).join('')}!`), undefined);
    }),
  );
});

test('the last of a name counts, however it is spelled', () => {
  const sources: [string, string | undefined][] = [
    ['{"a":1,"a":{"b":[2]}}', '{"b":[2]}'],
    ['{"\\u0061":"}\\"{"}', '"}\\"{"'],
    ['{"b":{"a":1}}', undefined],
    ['{"x":"\\\\","a":12345678901234567890.0e1}', '12345678901234567890.0e1'],
    ['{ "a" : [ ] , "b" : null }', '[ ]'],
    ['{}', undefined],
    ['[{"a":1}]', undefined],
    ['"a"', undefined],
  ];
  for (const [text, expected] of sources) assert.equal(memberSource(text, 'a'), expected, text);
});

test('whole numbers that would lose digits are refused where they are to be kept, and there alone', () => {
  const check = (data: string) => () =>
    refuseLostDigits(`{"id":12345678901234567891,"user":{"data":${data}}}`, ['user', 'data']);
  const kept = ['9007199254740991', '9007199254740994', '-9007199254740992', '[1.2345678901234567890]', '1e30', '{}'];
  for (const data of [...kept, '"12345678901234567891"', '{"12345678901234567891":1}']) {
    assert.doesNotThrow(check(data), data);
  }
  for (const data of ['9007199254740993', '{"a":[-12345678901234567891]}', '1'.repeat(400)]) {
    assert.throws(check(data), { name: 'Refusal', code: 400, message: /^data cannot keep whole numbers/ }, data);
  }
  assert.doesNotThrow(() => refuseLostDigits('{"user":12345678901234567891}', ['user', 'data']));
});

test('32 levels are read, 33 are not', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.doesNotThrow(() => parseJson(nested(32)));
  assert.throws(() => parseJson(nested(33)), malformed);
  assert.throws(() => parseJson(nested(100_000)), malformed);
  for (const text of ['', '{', '{"a":}', "{'a':1}", '\uFEFF{}', '{"a":NaN}']) {
    assert.throws(() => parseJson(text), malformed, text);
  }
});
