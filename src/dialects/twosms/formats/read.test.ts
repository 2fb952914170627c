import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { structure } from '#dialects/twosms/model.ts';
import { Refused } from '#dialects/twosms/model-state.ts';
import { readUser } from './read.ts';

const read = (text: string, type: string) => Object.fromEntries(readUser(Buffer.from(text), type));
const readsNothing = (text: string, type: string, message: RegExp) =>
  assert.throws(
    () => read(text, type),
    (error) =>
      error instanceof Refused && error.status === 400 && message.test(error.error.ModelState?.['user']?.[0] ?? ''),
  );

test('JSON: names in any case, the last of several, unknown ones ignored', () => {
  for (const type of ['application/json', 'text/json', 'Application/JSON; charset=UTF-8']) {
    assert.deepEqual(read('{"displayname":"a","DisplayName":"b","Colour":1,"__proto__":{"Pin":"1"}}', type), {
      DisplayName: 'b',
    });
  }
});

test('JSON: null, absent and values stay apart; objects and lists are no values; Language is unknown', () => {
  const body = '{"Pin":null,"Enabled":false,"Preferences":3,"Username":["x"],"Password":{},"Language":"en"}';
  const sent = { Pin: null, Enabled: false, Preferences: 3, Username: structure, Password: structure };
  assert.deepEqual(read(body, 'text/json'), sent);
  assert.deepEqual(read('null', 'text/json'), {});
});

test('JSON: only well-formed objects, nested at most 32 levels', () => {
  readsNothing("{'Pin':1}", 'text/json', /not valid JSON/);
  readsNothing('[]', 'text/json', /must be a JSON object/);
  readsNothing('"x"', 'text/json', /must be a JSON object/);
  readsNothing(`{"x":${'['.repeat(32)}${']'.repeat(32)}}`, 'text/json', /deeper than 32/);
  readsNothing('['.repeat(500_000), 'text/json', /not valid JSON/);
  assert.deepEqual(read(`{"x":${'['.repeat(31)}${']'.repeat(31)}}`, 'text/json'), {});
});

test('XML: values stay text with their spaces; entities of XML and character references are resolved', () => {
  const xml =
    '<?xml version="1.0" encoding="utf-16"?>\r\n<User><Pin>007</Pin>' +
    '<DisplayName> a &amp; &#66;&#x43; <!-- x --><![CDATA[<&amp;>]]> </DisplayName></User>';
  for (const type of ['application/xml', 'text/xml']) {
    assert.deepEqual(read(xml, type), { Pin: '007', DisplayName: ' a & BC <&amp;> ' });
  }
});

test('XML: unknown elements and attributes, other cases, other namespaces and repetitions are ignored', () => {
  const xml = `<User xmlns:o="urn:o" a="1"><pin>1</pin><o:Pin>2</o:Pin><Pin xmlns="urn:o">3</Pin><x><Pin>4</Pin></x>
    <constructor>5</constructor><__proto__>6</__proto__><Pin b="1">7</Pin><Pin>8</Pin></User>`;
  assert.deepEqual(read(xml, 'text/xml'), { Pin: '7' });
});

test('XML: xsi:nil is null under any prefix, an empty element is empty text, an element in a value is no value', () => {
  const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
  const xml = `<User xmlns:i="${xsi}"><Pin i:nil="true"/><Password i:nil="false"/><Username/>
    <DisplayName><b>x</b></DisplayName>    <TimeZone xmlns:y="${xsi}" y:nil="1"></TimeZone><MobilePhone nil="true"/></User>`;
  const sent = { Pin: null, Password: '', Username: '', DisplayName: structure, TimeZone: null, MobilePhone: '' };
  assert.deepEqual(read(xml, 'text/xml'), sent);
  assert.deepEqual(read(`<User xmlns:xsi="${xsi}" xsi:nil="true"/>`, 'text/xml'), {});
});

test('XML: the root is User in no namespace', () => {
  for (const xml of ['<user/>', '<User xmlns="urn:x"/>', '<x:User xmlns:x="urn:x"/>', '<Users><User/></Users>']) {
    readsNothing(xml, 'text/xml', /root of the XML document/);
  }
});

test('XML: no DTD, no entity of its own', () => {
  readsNothing('<!DOCTYPE User [<!ENTITY x "y">]><User><Pin>&x;</Pin></User>', 'text/xml', /DTD is prohibited/);
  readsNothing('<!DOCTYPE User SYSTEM "file:///etc/passwd"><User/>', 'text/xml', /DTD is prohibited/);
  readsNothing('<User><Pin>&x;</Pin></User>', 'text/xml', /error in XML document \(1, \d+\)/);
  readsNothing('<User><Pin>&nbsp;</Pin></User>', 'text/xml', /error in XML document/);
});

test('XML: what is not well-formed is told with its place', () => {
  for (const xml of [
    '<User>',
    '<User><Pin></User>',
    '<User/><User/>',
    'x',
    '<User a=1/>',
    '<User>\u0001</User>',
    '<User>&#0;</User>',
    '<User>&#xFFFE;</User>',
    '<o:User/>',
    '<User/>x',
    '<User><!-- </User>',
  ]) {
    readsNothing(xml, 'text/xml', /error in XML document \(\d+, \d+\)/);
  }
  readsNothing(`<User>${'<a>'.repeat(32)}${'</a>'.repeat(32)}</User>`, 'text/xml', /deeper than 32/);
});

test('a form: keys in any case, unknown ones ignored, an empty value is null, + and %XX are resolved', () => {
  const form = 'displayName=Minnie+Mouse&Pin=&ENABLED=True&colour=1&MobilePhone=%2B41+79&Language=en';
  const sent = { DisplayName: 'Minnie Mouse', Pin: null, Enabled: 'True', MobilePhone: '+41 79', Language: 'en' };
  assert.deepEqual(read(form, 'application/x-www-form-urlencoded'), sent);
});

test('no body says nothing, whatever its type', () => {
  assert.equal(readUser(undefined, undefined).size, 0);
  assert.equal(readUser(Buffer.alloc(0), 'text/plain').size, 0);
});

test('another media type, none, and another character set are refused', () => {
  for (const type of ['text/plain', 'application/json; charset=utf-16', 'toString', undefined]) {
    const named = type ?? 'application/octet-stream';
    const Message = `The request entity's media type '${named}' is not supported for this resource.`;
    const refused = (error: unknown) =>
      error instanceof Refused && error.status === 415 && error.error.Message === Message;
    assert.throws(() => readUser(Buffer.from('{}'), type), refused);
  }
});

test('a byte order mark is no part of the text, and bytes that are no UTF-8 are refused', () => {
  assert.deepEqual(read('\uFEFF{"Pin":"1"}', 'text/json'), { Pin: '1' });
  assert.deepEqual(read('\uFEFF<User><Pin>1</Pin></User>', 'text/xml'), { Pin: '1' });
  assert.throws(() => readUser(Buffer.from([0x22, 0xff, 0x22]), 'text/json'), Refused);
});

test('reading any text answers a user or a refusal', () => {
  const xmlish = fc
    .array(
      fc.constantFrom(
        '<User>',
        '</User>',
        '<Pin>',
        '</Pin>',
        '<Pin',
        '/>',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '&amp;',
        '&#',
        ';',
        ' a="',
        '"',
        'x',
        '\n',
        '<?',
        '?>',
        '<!DOCTYPE',
        '\u0000',
        'xsi:nil',
      ),
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    xmlish,
    xmlish.map((inner) => `<User>${inner}</User>`),
  );
  const type = fc.constantFrom('text/json', 'text/xml', 'application/x-www-form-urlencoded');
  fc.assert(
    fc.property(text, type, (sent, as) => {
      try {
        readUser(Buffer.from(sent), as);
      } catch (error) {
        assert.ok(error instanceof Refused, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('a hostile document of a mebibyte is read in good time', () => {
  const big = (part: string) => part.repeat(Math.floor(1_000_000 / part.length));
  const attributes = Array.from({ length: 50_000 }, (_, index) => `a${index}="1"`).join(' ');
  const documents = [
    `<User>${big('<a/>')}</User>`,
    `<User ${attributes}/>`,
    `<User><Pin>${big('&amp;')}</Pin></User>`,
    `<User${big(' ')}/>`,
    big('<'),
    big('<a>'),
    `<User>${big('<!---->')}</User>`,
  ];
  for (const document of documents) {
    const before = process.cpuUsage();
    try {
      readUser(Buffer.from(document), 'text/xml');
    } catch (error) {
      assert.ok(error instanceof Refused);
    }
    const ms = process.cpuUsage(before).user / 1000;
    assert.ok(ms < 2_000, `${document.slice(0, 20)} took ${ms} ms`);
  }
});
