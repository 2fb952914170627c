import fc from 'fast-check';
import type { Mutation } from './tree.ts';

const { constantFrom } = fc;

/** Texts that have broken other programs. */
export const nastyText = fc.oneof(
  constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfffy',
    '\u202eevil\u202c',
    '\u200b',
    '\ufeff',
    'İ',
    'ﬀ',
    'e\u0301'.repeat(40),
    '👩‍👩‍👧‍👦',
    '{{.UserID}}',
    '#{7*7}',
    "' OR 1=1 --",
    '<!--',
    ']]>',
    '%00',
    '%zz',
    '../../etc/passwd',
    '\r\nSet-Cookie: a=b',
    '__proto__',
    'constructor',
    'null',
    '-1',
    '9007199254740993',
    '1e400',
  ),
  constantFrom(129, 201, 256, 1001, 5000, 70_000).map((length) => 'x'.repeat(length)),
  constantFrom(130, 4000).map((length) => '💣'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

export const nastyKey = fc.oneof(
  constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', '0', 'length'),
  nastyText,
);

const nest = (open: string, close: string) => (depth: number) => open.repeat(depth) + close.repeat(depth);

/** JSON values as text. */
const strangeJson = fc.oneof(
  constantFrom('false', '-0', '1', '-1', '1.5', '[null]', '{"":null}'),
  constantFrom('1e400', '-1e400', '1e-400', '9007199254740993', '4294967296', '1'.repeat(400), '0.1e1', '1E+2'),
  constantFrom('"\\ud800"', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}'),
  constantFrom(31, 33, 40, 9000).map(nest('[', ']')),
  constantFrom(31, 33, 40, 3000).map((depth) => `${nest('{"a":', '}')(depth).replace(':}', ':0}')}`),
  nastyText.map((text) => JSON.stringify(text)),
  fc.json(),
);
const noJson = constantFrom('NaN', 'undefined', '01', "'x'", '', '\\', '"\\u00', '"\u0007"', '[1,]', '/* */ 1');
const otherTypes = constantFrom('null', 'null', 'null', 'true', '0', '""', '"x"', '[]', '{}');
const nastyValue = fc.oneof(
  { weight: 10, arbitrary: otherTypes },
  { weight: 9, arbitrary: strangeJson },
  { weight: 1, arbitrary: noJson },
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  // The whole body comes last: without it there is nothing else to break.
  at: fc.integer({ min: 1, max: 60 }),
  how: constantFrom('replace', 'replace', 'replace', 'remove', 'repeat', 'rename', 'wrap'),
  raw: nastyValue,
  key: nastyKey,
});

/** Often none, so that what is valid gets through; seldom many. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  { weight: 5, arbitrary: mutation.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 4 }) },
);

/** What a text is garbled with: at a place, so much is taken out and this put in. */
export interface Edit {
  readonly at: number;
  readonly out: number;
  readonly put: string;
}

const snippets = constantFrom(
  '\u0000',
  '<!DOCTYPE User [<!ENTITY e "x">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/hosts">',
  '&e;',
  '&#0;',
  '&#x10ffff;',
  '<![CDATA[',
  ']]>',
  '<?xml version="1.0" encoding="utf-16"?>',
  '<a xmlns:a="b" a:c="d">',
  '</User>',
  '"',
  '{',
  ']',
  ',',
  '&',
  '=',
  '%',
  '%ff',
  '\ufeff',
  '\r\n',
  '\u2028',
);

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({ at: fc.nat(400), out: fc.nat(12), put: fc.oneof(snippets, nastyText) }),
  { minLength: 1, maxLength: 3 },
);

export function garble(text: string, with_: readonly Edit[]): string {
  return with_.reduce((before, { at, out, put }) => {
    const place = at % (before.length + 1);
    return before.slice(0, place) + put + before.slice(place + out);
  }, text);
}
