import fc from 'fast-check';
import { dialects } from '#dialects/index.ts';
import type { Caller } from './callers.ts';
import { authorization, type Header, moreHeaders } from './headers.ts';
import { edits, garble, mutations, nastyText } from './nasty.ts';
import type { Format, Operation } from './operation.ts';
import { personId } from './plausible.ts';
import { mutate, treeOf, writeJson } from './tree.ts';

/** One HTTP request, ready to be sent but for the ids of people (`@user3@`). */
export interface HttpRequest {
  readonly dialect: string;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: string | Uint8Array | undefined;
  readonly isChunked: boolean;
  /** Method and path lead to the operation, however strange the id. */
  readonly isAddressed: boolean;
}

const json: Format = { type: 'application/json', write: writeJson };
const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'FOO');

/** Requests of one operation: right ones, and ones in which something has been broken. */
export function requestsOf(
  dialect: string,
  operation: Operation,
  owner: string,
  callers: readonly Caller[],
): fc.Arbitrary<HttpRequest> {
  const { method, path } = operation.route ?? { method: 'GET', path: '/' };
  return fc
    .record({
      method: fc.oneof({ weight: 40, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: methods }),
      path: pathsOf(path),
      query: method === 'GET' ? fc.oneof(fc.constant(''), query) : rarelyQuery,
      authorization: fc.option(authorization(dialect, owner, callers), { freq: 40 }),
      headers: moreHeaders,
      content: contentsOf(operation),
      isChunked: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ path: { text, isOwn }, query, authorization: who, headers, content: { type, body }, ...rest }) => {
      const own: Header[] = [
        ...(who === null ? [] : [['Authorization', who] as const]),
        ...(body === undefined ? [] : [['Content-Type', type] as const]),
      ];
      const all = [...own.filter(([name]) => !headers.some(([other]) => other === name)), ...headers];
      const isAddressed = isOwn && rest.method === method;
      return { ...rest, dialect, operation, path: text + query, headers: all, body, isAddressed };
    });
}

interface Path {
  readonly text: string;
  readonly isOwn: boolean;
}

function pathsOf(path: string): fc.Arbitrary<Path> {
  const parts = path.split(/(:\w+)/).map((part) => (part.startsWith(':') ? parameterOf(part) : fc.constant(part)));
  const right = fc.tuple(...parts).map((texts) => ({ text: texts.join(''), isOwn: true }));
  const tricks = fc.constantFrom(
    '/',
    '/..',
    '//',
    '%2f',
    '%',
    '%00',
    ';a=b',
    '/../../healthz',
    '.json',
    '%F0%9F',
    '#x',
  );
  const wrong = fc
    .tuple(right, fc.nat(60), tricks)
    .map(([{ text }, at, trick]) => ({ text: garble(text, [{ at: 1 + at, out: 0, put: trick }]), isOwn: false }));
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

const nonsenseIds = fc.constantFrom(
  '0',
  '-1',
  '999999',
  '9007199254740993',
  '99999999999999999999999999',
  '1e3',
  '0x1',
  '01',
  '1,2,@user1@',
  ',',
  '%20',
  '%00',
  '%2e%2e%2f',
  '..%2f..%2fetc%2fpasswd',
  '%zz',
  '%c3%28',
  '%ff',
  '%ed%a0%80',
  '%u0041',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '00000000-0000-0000-0000-000000000000',
  '{00000000-0000-0000-0000-000000000000}',
  'me',
  '1'.repeat(9000),
);

function parameterOf(name: string): fc.Arbitrary<string> {
  const names = fc.constantFrom(...dialects.map((dialect) => dialect.name));
  return fc.oneof(
    { weight: 16, arbitrary: name === ':dialect' ? names : personId },
    { weight: 2, arbitrary: nonsenseIds },
    { weight: 1, arbitrary: nastyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 500) || '-') },
  );
}

const queryNames = fc.constantFrom(
  ...['as', 'after', 'limit', 'offset', 'fields', 'lang', 'take', 'skip', 'sortField', 'sortOrder', 'name', 'login'],
  ...['__proto__', 'constructor', 'token', 'a[b]', ''],
);
const queryValues = fc.oneof(
  fc.constantFrom(
    'zitadel',
    'devicehive',
    'accela',
    'twosms',
    '0',
    '1',
    '5',
    '-1',
    '1e9',
    '99999999999999999',
    '',
    '%',
  ),
  nastyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 300)),
);
const query = fc
  .array(fc.tuple(queryNames, queryValues), { maxLength: 3 })
  .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`);
const rarelyQuery = fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query });

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array | undefined;
}

function contentsOf({ body, formats = [json] }: Operation): fc.Arbitrary<Content> {
  const none = fc.constant({ type: '', body: undefined });
  const { type } = formats[0] ?? json;
  const bytes = fc.uint8Array({ maxLength: 200 }).map((content) => ({ type, body: content }));
  if (body === undefined) return fc.oneof({ weight: 30, arbitrary: none }, { weight: 1, arbitrary: bytes });
  const format = fc.constantFrom(...formats);
  const written = fc
    .tuple(format, body, mutations)
    .map(([{ type: name, write }, value, broken]) => ({ type: name, body: write(mutate(treeOf(value), broken)) }));
  const garbled = fc
    .tuple(written, edits)
    .map(([{ type: name, body: text }, by]) => ({ type: name, body: garble(text, by) }));
  const huge = written.map(({ type: name, body: text }) => ({ type: name, body: text + ' '.repeat(1_100_000) }));
  return fc.oneof(
    { weight: 200, arbitrary: written },
    { weight: 30, arbitrary: garbled },
    { weight: 10, arbitrary: bytes },
    { weight: 5, arbitrary: none },
    { weight: 1, arbitrary: huge },
  );
}
