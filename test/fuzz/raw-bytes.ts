import fc from 'fast-check';
import { nastyText } from './nasty.ts';

/** Bytes on a connection of their own, in pieces: what no client library would send. */
export interface RawBytes {
  readonly pieces: readonly Buffer[];
}

const { constantFrom, tuple } = fc;

const targets = constantFrom(
  '/healthz',
  '/v2/users/1',
  '/dh/websocket',
  '*',
  '',
  'http://[',
  '/\x00',
  '/é',
  '//',
  '\\',
);
const versions = constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', '', 'XTTP/1.1');
const requestLine = tuple(constantFrom('GET', 'PUT', 'CONNECT', 'PRI', 'get', 'G\0T', ''), targets, versions).map(
  (parts) => parts.join(' '),
);
const headerLine = fc.oneof(
  constantFrom(
    'Host: x',
    'Host: x\r\nHost: y',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 5\r\nContent-Length: 6',
    'Content-Length: 99999999999999999999',
    'Content-Length: 20000000',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: gzip',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Connection: upgrade\r\nUpgrade: websocket',
    'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x',
    'Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
    'Expect: 100-continue',
    'Expect: x',
    ' folded: x',
    'no colon',
    ': no name',
    'X\0: y',
    'X: \0',
    'Authorization: Bearer an-administrator-token-for-tests',
    'Content-Type: application/json',
    `X: ${'y'.repeat(20_000)}`,
  ),
  nastyText.map((text) => `X-Nasty: ${text}`),
);
const payload = fc.oneof(
  constantFrom(
    '',
    'hello',
    '{}',
    '5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhel',
    'zz\r\n',
    'ffffffffffffffff\r\n',
    '-1\r\n\r\n',
  ),
  constantFrom('0\r\nX: y\r\n\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
  nastyText,
);

const request = tuple(
  requestLine,
  fc.array(headerLine, { maxLength: 4 }),
  constantFrom('\r\n', '\n', '\r'),
  payload,
).map(([line, headers, end, body]) => [line, ...headers, '', body].join(end));

const text = fc.array(request, { minLength: 1, maxLength: 3 }).map((requests) => Buffer.from(requests.join('')));
const binary = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));

/** Requests that are none, cut off, or one behind the other, and bytes that are anything. */
export const rawBytes: fc.Arbitrary<RawBytes> = tuple(
  fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: binary }),
  fc.array(fc.nat(400), { maxLength: 3 }),
  fc.option(fc.nat(400)),
).map(([bytes, cuts, end]) => ({ pieces: cut(end === null ? bytes : bytes.subarray(0, end), cuts) }));

export function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}
