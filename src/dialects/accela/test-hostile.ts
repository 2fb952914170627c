import assert from 'node:assert/strict';
import type { User } from '#core/user.ts';
import type { AccelaServer } from './start-accela.ts';

/** What nobody should send. */
export interface Hostile {
  /** `PUT` unless given. */
  readonly method?: string;
  readonly path: string;
  /** An object goes as JSON, a text or bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The administrator's unless given; null for none. */
  readonly token?: string | null;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What it is, the request, and what must be answered: status, error, and what `more` says. */
export type Case = readonly [what: string, request: Hostile, status: number, error: string, more?: string];

export async function send({ origin, token: administrator }: AccelaServer, request: Hostile): Promise<Answered> {
  const { method = 'PUT', path, body, headers, token = administrator } = request;
  const text = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: token }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text as string }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** All that the store holds of a user, and how many changes there are of whatever it holds. */
export async function standing({ store }: AccelaServer, { key }: User): Promise<object> {
  const { users } = await store.load({ users: [key] });
  return { user: users.get(key), changes: (await store.feed(undefined, 10_000)).length };
}

/** Sends each, and checks status, the whole shape of the error, that it tells no stack, and that nothing has changed. */
export async function refuseEach(
  server: AccelaServer,
  target: User,
  cases: readonly Case[],
  shape: (answer: Answered) => string,
): Promise<void> {
  const before = await standing(server, target);
  const answered: unknown[] = [];
  for (const [what, request] of cases) {
    const answer = await send(server, request);
    answered.push([what, answer.status, answer.status === 200 ? answer.text : shape(answer)]);
    assert.doesNotMatch(answer.text, /\.ts\b|\bat \S+ \(|node:|Error:/, what);
    assert.deepEqual(await standing(server, target), before, what);
  }
  const expected = cases.map(([what, , status, error, more]) => [what, status, more ? `${error} ${more}` : error]);
  assert.deepEqual(answered, expected);
}

/** Checks the API's five members and its headers; answers the code, and the member that `more` names. */
export function shapeOfApi({ status, headers, text }: Answered): string {
  const { status: repeated, code, message, more, traceId, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, {});
  assert.equal(repeated, status);
  assert.match(message, /^[^\n]{5,400}$/);
  assert.match(traceId, /^\d{15}-[0-9a-f]{8}$/);
  assert.equal(headers.get('x-accela-traceid'), traceId);
  assert.equal(headers.get('x-accela-resp-code'), code);
  assert.equal(headers.get('x-accela-resp-message'), message.replace(/[^\x20-\x7e]/g, '?'));
  assert.equal(headers.get('content-type'), 'application/json');
  return more === null || /\s/.test(more) ? code : `${code} ${more}`;
}

/** Checks the two members of RFC 6749 and the token endpoint's headers; answers the error. */
export function shapeOfOAuth({ status, headers, text }: Answered): string {
  const { error, error_description, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, {});
  assert.match(error_description, /^[\x20-\x7e]{5,200}$/);
  assert.equal(headers.get('x-accela-original-httpstatus'), String(status));
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('x-accela-traceid') ?? '', /^\d{15}-/);
  return error;
}

/** What is no text. */
export const notText = [0, 1, true, false, [], ['x'], {}, { a: 1 }];
/** What no name may hold: NUL and other controls, lone surrogates, bidi controls, what is not seen. */
export const unseen = ['a\u0000b', '\ud800', 'a\udc00b', 'a\u202eb', '\u2066a', 'a\u200bb', 'a\tb', 'a\nb', '\u2800'];
/** XML that would read a file of the server's. */
export const dtd = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><citizen>&x;</citizen>';
export const mebibyte = 1_048_576;

export const nested = (levels: number): string => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
export const typed = (type: string) => ({ headers: { 'content-type': type } });
