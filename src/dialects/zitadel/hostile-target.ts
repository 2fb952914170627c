import assert from 'node:assert/strict';
import type { User } from '#core/user.ts';
import { type ErrorId, errorIds } from './error-ids.ts';
import { type Client, type Reply, startClient } from './test-client.ts';

/** A server with a user to be attacked, who has everything. */
export interface Target extends Client {
  readonly id: string;
  /** Everything of everybody, how often anything has changed, and how many messages there are. */
  everything(): Promise<readonly [users: readonly User[], changes: number, messages: number]>;
  /** Sends each as an update of the user, and sees that nobody is any other than before. */
  assertRefused(cases: readonly Case[]): Promise<void>;
  /** The same of any requests. */
  assertAllRefused(requests: readonly Request[]): Promise<void>;
}

/** A broken rule or a fault of JSON is told by its text alone; what the vendor has an id for, by that id. */
export type Expected = readonly [status: number, code: number, text: string] | ErrorId;
export type Body = string | object | (() => string);
export type Case = readonly [what: string, body: Body, expected: Expected];
export type Request = readonly [
  method: string,
  path: string,
  body: Body | undefined,
  expected: Expected,
  headers?: Record<string, string>,
];

export async function openTarget(test: { after(close: () => Promise<void>): void }): Promise<Target> {
  const client = await startClient(test);
  const { store } = client.server;
  const id = await client.seed({
    patch: {
      'profile.givenName': 'Minnie',
      'profile.familyName': 'Mouse',
      'profile.nickName': 'Mini',
      'profile.displayName': 'Minnie Mouse',
      'profile.language': 'en',
      'profile.gender': 'female',
    },
    email: { address: 'mini@mouse.com', verified: true },
    phone: { number: '+41791234567', entered: '+41791234567', sameBy: 'number', verified: true },
  });
  const everything: Target['everything'] = async () => {
    const { users } = await store.find({ op: 'all' }, { offset: 0, limit: 1_000 });
    return [users, (await store.feed(undefined, 100_000)).length, await client.messages()];
  };
  const assertAllRefused: Target['assertAllRefused'] = async (requests) => {
    for (const [method, path, body, expected, headers] of requests) {
      const before = await everything();
      const what = `${method} ${path.slice(0, 60)} ${JSON.stringify(body)?.slice(0, 120)}`;
      assertTold(await client.send(method, path, typeof body === 'function' ? body() : body, headers), expected, what);
      assert.deepEqual(await everything(), before, what);
    }
  };
  const assertRefused: Target['assertRefused'] = (cases) =>
    assertAllRefused(cases.map(([, body, expected]) => ['PUT', `/v2/users/human/${id}`, body, expected]));
  return { ...client, id, everything, assertRefused, assertAllRefused };
}

/** The whole of the answer: google.rpc.Status, with an ErrorDetail where there is an id. */
export function assertTold({ status, headers, body }: Reply, expected: Expected, what: string): void {
  assert.deepEqual([status, body], toldAs(expected), what);
  assert.match(headers.get('content-type') ?? '', /^application\/json/, what);
  assert.doesNotMatch(JSON.stringify(body), /\\n\s+at |node:internal|\.ts:\d/, what);
}

const numbers = {
  invalid_argument: [400, 3],
  not_found: [404, 5],
  already_exists: [409, 6],
  permission_denied: [403, 7],
  failed_precondition: [400, 9],
  unauthenticated: [401, 16],
} as const;

function toldAs(expected: Expected): [number, object] {
  if (typeof expected !== 'string') return [expected[0], { code: expected[1], message: expected[2] }];
  const [word, message] = errorIds[expected];
  const [status, code] = numbers[word as keyof typeof numbers];
  const detail = { '@type': 'type.googleapis.com/zitadel.v1.ErrorDetail', id: expected, message };
  return [status, { code, message: `${message} (${expected})`, details: [detail] }];
}

/** A fault of the body. */
export function fault(text: string): Expected {
  return [400, 3, text];
}

/** A broken rule, with the way to it from the outside in: `UpdateHumanUserRequest.Profile`, `SetHumanProfile.GivenName`. */
export function broken(reason: string, ...way: readonly string[]): Expected {
  const outer = way.slice(0, -1).map((at) => `invalid ${at}: embedded message failed validation | caused by: `);
  return fault(`${outer.join('')}invalid ${way.at(-1)}: ${reason}`);
}

export const between = (least: number, most: number) =>
  `value length must be between ${least} and ${most} runes, inclusive`;
export const atMost = (most: number) => `value length must be at most ${most} runes`;
export const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
