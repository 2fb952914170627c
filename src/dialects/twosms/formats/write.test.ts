import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { members, type ShownUser } from '#dialects/twosms/model.ts';
import { readUser } from './read.ts';
import { jsonOfUser, writeJson } from './write-json.ts';
import { writeXml, writeXmlError, writeXmlUser } from './write-xml.ts';
import { xmlSafe } from './xml-text.ts';

const text = fc.option(fc.string({ unit: 'grapheme' }), { nil: null });
const values = {
  guid: fc.uuid(),
  date: fc.constantFrom('2026-11-21T10:00:00+00:00', null),
  boolean: fc.boolean(),
  text,
  enumeration: fc.constantFrom(0, 3, 'FULL'),
};
const shown = fc.record(
  Object.fromEntries(members.map(({ name, type }) => [name, values[type]])),
) as unknown as fc.Arbitrary<ShownUser>;

test('what is written as JSON reads back the same, without Language', () => {
  fc.assert(
    fc.property(shown, (user) => {
      const { Language, ...rest } = user;
      const sent = readUser(Buffer.from(JSON.stringify(jsonOfUser(user))), 'application/json');
      assert.deepEqual(Object.fromEntries(sent), rest);
      assert.ok(!sent.has('Language') || Language === undefined);
    }),
  );
});

test('what is written as XML reads back the same, as far as XML can hold it', () => {
  fc.assert(
    fc.property(shown, (user) => {
      const sent = readUser(Buffer.from(writeXmlUser(user)), 'text/xml');
      for (const { name, type } of members) {
        const value = user[name];
        if (value === null && type === 'text') assert.ok(!sent.has(name));
        else if (value === null) assert.equal(sent.get(name), null);
        else if (type === 'enumeration' && value === 0) assert.equal(sent.get(name), 'NONE');
        else assert.equal(sent.get(name), xmlSafe(String(value)));
      }
    }),
  );
});

test('any text at all reads back from XML, but for what XML cannot hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const user = Object.fromEntries(members.map(({ name }) => [name, null])) as ShownUser;
      const sent = readUser(Buffer.from(writeXmlUser({ ...user, DisplayName: value })), 'text/xml');
      assert.equal(sent.get('DisplayName'), xmlSafe(value));
    }),
  );
});

const detail = Object.fromEntries(members.map(({ name }) => [name, null])) as ShownUser;
const error = { code: 'USERNAME_TAKEN', reason: 'a < b' };

test('the envelope: Identification, Result, Detail in JSON; Result, Identification, Detail in XML', () => {
  const response = { of: 'User', error: null, userId: 'caller', result: 'Success', detail } as const;
  const json = JSON.parse(writeJson(response));
  assert.deepEqual(Object.keys(json), ['Error', 'ResponseData']);
  assert.equal(json.Error, null);
  assert.deepEqual(Object.keys(json.ResponseData), ['Identification', 'Result', 'Detail']);
  const order = [...writeXml(response).matchAll(/<(Error|Result|Identification|UserId|Detail)>/g)].map(
    ([, tag]) => tag,
  );
  assert.deepEqual(order, ['Result', 'Identification', 'UserId', 'Detail']);
});

test('a failure: the error first, no detail', () => {
  const response = { of: 'User', error, userId: 'caller', result: 'Failure', detail: null } as const;
  assert.deepEqual(JSON.parse(writeJson(response)), {
    Error: { ErrorCode: 'USERNAME_TAKEN', ErrorReason: 'a < b' },
    ResponseData: { Identification: { UserId: 'caller' }, Result: 'Failure', Detail: null },
  });
  const fault = '<Error><ErrorCode>USERNAME_TAKEN</ErrorCode><ErrorReason>a &lt; b</ErrorReason></Error>';
  const data = '<Result>Failure</Result><Identification><UserId>caller</UserId></Identification>';
  assert.ok(writeXml(response).endsWith(`>${fault}<ResponseData>${data}</ResponseData></ResponseOfUser>`));
});

test("the framework's error in XML: no namespaces, several texts of one member joined", () => {
  const ModelState = { 'user.Pin': ['a', 'b'], user: ['<'] };
  assert.equal(
    writeXmlError({ Message: 'm', MessageDetail: 'd', ModelState }),
    '<Error><Message>m</Message><MessageDetail>d</MessageDetail>' +
      '<ModelState><user.Pin>a b</user.Pin><user>&lt;</user></ModelState></Error>',
  );
});

test('absent dates are xsi:nil, other absent values are left out, an empty text is an empty element', () => {
  const xml = writeXmlUser({ ...detail, DisplayName: '' });
  assert.match(xml, /^<User xmlns:xsd="[^"]+" xmlns:xsi="[^"]+"><AgreementDate xsi:nil="true" \/>/);
  assert.ok(xml.includes('<DisplayName />'));
  assert.ok(!xml.includes('EmailAddress'));
});
