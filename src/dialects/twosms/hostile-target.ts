import assert from 'node:assert/strict';
import type { User } from '#core/user.ts';
import { type Answer, idOf, openPortal, type Portal, type Sent, wholeUser } from './test-client.ts';

/** A portal with a user to be attacked. */
export interface Target {
  readonly portal: Portal;
  readonly user: User;
  /** What the user shows, but for another DisplayName: a body that would change something. */
  readonly good: Readonly<Record<string, unknown>>;
  /** Everything of everybody, and how often anything has changed. */
  everything(): Promise<readonly [users: readonly User[], changes: number]>;
  /** Sends each, to be answered in JSON and in XML, and sees that nobody is any other than before. */
  assertRefused(cases: readonly Case[]): Promise<void>;
}

/** The framework's error, as JSON has it. */
export interface HttpError {
  readonly Message: string;
  readonly MessageDetail?: string;
  readonly ModelState?: Readonly<Record<string, readonly string[]>>;
}
export type Expected = readonly [status: number, error: HttpError];
export type Body = string | object | (() => string | object);
export type Case = readonly [what: string, body: Body, expected: Expected, sent?: Sent];

export async function openTarget(): Promise<Target> {
  const portal = await openPortal();
  const { user, sent } = await wholeUser(portal, { Pin: '0815', SSOEnabled: true, Preferences: 7 });
  await portal.create({ patch: { username: 'Taken', 'loginNames.accela': 'Bücher' } });
  const { store } = portal.server;
  const everything: Target['everything'] = async () => {
    const { users } = await store.find({ op: 'all' }, { offset: 0, limit: 1_000 });
    return [users, (await store.feed(undefined, 100_000)).length];
  };
  const assertRefused: Target['assertRefused'] = async (cases) => {
    for (const [what, body, expected, options] of cases) {
      const before = await everything();
      for (const accept of ['application/json', 'text/xml']) {
        const answer = await portal.put(idOf(user), bodyOf(body), { ...options, accept });
        assertTold(answer, expected, `${what}, ${accept}`);
      }
      assert.deepEqual(await everything(), before, what);
    }
  };
  return { portal, user, good: { ...sent, DisplayName: 'Half done' }, everything, assertRefused };
}

export function bodyOf(body: Body): string | object {
  return typeof body === 'function' ? body() : body;
}

export const invalid = (state: Record<string, string>): Expected => [
  400,
  {
    Message: 'The request is invalid.',
    ModelState: Object.fromEntries(Object.entries(state).map(([member, text]) => [`user.${member}`, [text]])),
  },
];
export const unreadable = (text: string): Expected => [
  400,
  { Message: 'The request is invalid.', ModelState: { user: [text] } },
];
export const unsupported = (type: string): Expected => [
  415,
  { Message: `The request entity's media type '${type}' is not supported for this resource.` },
];

export function assertTold({ status, headers, text, json }: Answer, [expected, error]: Expected, what: string): void {
  assert.equal(status, expected, `${what}: ${text}`);
  if (headers.get('content-type') === 'text/xml; charset=utf-8') assert.equal(text, xmlOfError(error), what);
  else assert.deepEqual(json, error, what);
  assert.doesNotMatch(text, /\n\s+at |node:internal|\.ts:\d/, what);
}

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;')
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

function xmlOfError({ Message, MessageDetail, ModelState }: HttpError): string {
  const state = Object.entries(ModelState ?? {}).map(([key, texts]) => `<${key}>${escaped(texts.join(' '))}</${key}>`);
  const detail = MessageDetail === undefined ? '' : `<MessageDetail>${escaped(MessageDetail)}</MessageDetail>`;
  const all = ModelState === undefined ? '' : `<ModelState>${state.join('')}</ModelState>`;
  return `<Error><Message>${escaped(Message)}</Message>${detail}${all}</Error>`;
}

export const requiredMembers = 'DisplayName EmailAddress Enabled LanguageID MobilePhone TimeZone Username'.split(' ');
