import fc from 'fast-check';
import type { Caller } from './callers.ts';
import { nastyText } from './nasty.ts';

export type Header = readonly [name: string, value: string];

const { constantFrom } = fc;

/** What may stand in a header's value: the rest is no HTTP, and is sent as raw bytes elsewhere. */
const nastyValue = nastyText.map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?').slice(0, 4000));
const mediaTypes = constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'application/xml',
  'text/xml; charset="utf-8"',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/grpc',
  'application/octet-stream',
  '*/*',
  'text/*;q=0.5, application/xml;q=0.9',
  'x',
  ';',
  '',
);

const headers: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'If-Match': constantFrom('"1"', '"2"', 'W/"1"', '*', '"1", "2"', '"x"', '""', '1', '"99999999999999999999"'),
  'If-None-Match': constantFrom('*', '"1"'),
  'Idempotency-Key': constantFrom('key-1', 'key-2', 'key-3', '', 'x'.repeat(201), 'é'),
  'Muster-Dry-Run': constantFrom('true', 'false', 'TRUE', 'maybe', ''),
  Accept: mediaTypes,
  'Content-Type': mediaTypes,
  'Content-Encoding': constantFrom('gzip', 'br', 'deflate', 'identity', 'x'),
  'Accept-Encoding': constantFrom('gzip, br', '*;q=0'),
  'X-Requested-With': constantFrom('XMLHttpRequest'),
  'X-Forwarded-For': constantFrom('10.0.0.1', '::1, 10.0.0.1', 'unknown'),
  'X-Forwarded-Proto': constantFrom('https', 'javascript'),
  'X-Forwarded-Host': constantFrom('evil.example', '[::1'),
  Forwarded: constantFrom('for=10.0.0.1;proto=https', 'for="'),
  'X-HTTP-Method-Override': constantFrom('DELETE', 'PUT'),
  'X-Request-Id': constantFrom('mine', '\xff'),
  Expect: constantFrom('100-continue'),
  Connection: constantFrom('close', 'keep-alive', 'x'),
  Origin: constantFrom('https://evil.example', 'null'),
  Cookie: constantFrom('a=b', 'session='),
  Range: constantFrom('bytes=0-1', 'bytes=-'),
  'Grpc-Timeout': constantFrom('1n', 'x'),
  'X-Zitadel-OrgId': constantFrom('100', '77', 'x'),
  'X-Accela-AppId': constantFrom('1', 'x'),
  'X-Accela-Agency': constantFrom('MAIN', 'ELSEWHERE', 'all', 'x'),
  'X-Accela-Agencies': constantFrom('MAIN,ELSEWHERE', 'all', ','),
  'X-Accela-Environment': constantFrom('PROD', 'x'),
};

const oneHeader: fc.Arbitrary<Header> = constantFrom(...Object.entries(headers)).chain(([name, values]) =>
  fc.tuple(fc.constant(name), fc.oneof({ weight: 9, arbitrary: values }, { weight: 1, arbitrary: nastyValue })),
);

/** Headers that change what a request asks for: often none. */
export const moreHeaders: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(oneHeader, { minLength: 1, maxLength: 4 }) },
);

/** Who is calling a dialect: mostly somebody who may do everything there, also nobody, and others. */
export function authorization(dialect: string, owner: string, callers: readonly Caller[]): fc.Arbitrary<string> {
  const own = callers.filter((caller) => caller.dialect === dialect).map(({ token }) => token);
  const tokens = fc.oneof(
    { weight: 30, arbitrary: fc.constant(owner) },
    { weight: 9, arbitrary: constantFrom(...own) },
    { weight: 1, arbitrary: constantFrom(...callers.map(({ token }) => token)) },
    { weight: 1, arbitrary: constantFrom(`${owner}x`, 'muster_x', 'eyJhbGciOiJub25lIn0.e30.', '') },
    { weight: 1, arbitrary: nastyValue },
  );
  const schemes = fc.oneof(
    { weight: 30, arbitrary: fc.constant('Bearer ') },
    { weight: 1, arbitrary: constantFrom('bearer ', 'Bearer', 'Basic ', 'Basic Og==', 'Bearer  ', '', 'Digest ') },
  );
  return fc.tuple(schemes, tokens).map(([scheme, token]) => scheme + token);
}
