import fc from 'fast-check';
import { fuzzedDialects } from './dialects.ts';
import type { Header } from './headers.ts';
import { edits, garble, mutations, nastyText } from './nasty.ts';
import type { FuzzedDialect, Operation } from './operation.ts';
import { type RawBytes, rawBytes } from './raw-bytes.ts';
import { rawFrames } from './raw-frames.ts';
import { type HttpRequest, requestsOf } from './request.ts';
import type { FuzzedServer } from './server.ts';
import { mutate, treeOf, writeJson } from './tree.ts';

/** One thing to send: requests in one go on one connection, a message over a WebSocket, or bytes. */
export type Case =
  | { readonly requests: readonly HttpRequest[] }
  | { readonly message: Message }
  | { readonly bytes: RawBytes; readonly isSocket: boolean };

export interface Message {
  readonly dialect: FuzzedDialect;
  readonly operation: Operation;
  readonly text: string;
  /** Sent by somebody who has not said who he is. */
  readonly isAnonymous: boolean;
}

/** Everything that the fuzzer sends: each operation of each dialect's table as often as any other, and bytes between. */
export function casesFor({ owner, callers }: FuzzedServer): fc.Arbitrary<Case> {
  const requests = allOperations((_, { route }) => route !== undefined).map(([{ name }, operation]) => ({
    weight: weightOf(operation),
    arbitrary: requestsOf(name, operation, owner, callers),
  }));
  const messages = allOperations((_, { route }) => route === undefined).map(([dialect, operation]) => ({
    weight: weightOf(operation),
    arbitrary: messagesOf(dialect, operation),
  }));
  const request = fc.oneof(...requests);
  const frames = fuzzedDialects.flatMap(({ socket }) => (socket === undefined ? [] : [rawFrames(socket)]));
  return fc.oneof(
    { weight: 70, arbitrary: request.map((one) => ({ requests: [one] })) },
    { weight: 2, arbitrary: fc.array(request, { minLength: 2, maxLength: 4 }).map(pipelined) },
    { weight: 20, arbitrary: fc.oneof(...messages).map((message) => ({ message })) },
    { weight: 4, arbitrary: rawBytes.map((bytes) => ({ bytes, isSocket: false })) },
    { weight: 4, arbitrary: fc.oneof(...frames).map((bytes) => ({ bytes, isSocket: true })) },
  );
}

/** Node writes `100 Continue` at once, into the answer to the request before if need be. */
function pipelined(requests: readonly HttpRequest[]): Case {
  const expectsNothing = ([name]: Header) => name !== 'Expect';
  return { requests: requests.map((request) => ({ ...request, headers: request.headers.filter(expectsNothing) })) };
}

type Row = readonly [FuzzedDialect, Operation];

function allOperations(which: (...row: Row) => boolean): readonly Row[] {
  return fuzzedDialects
    .flatMap((dialect) => dialect.operations.map((operation): Row => [dialect, operation]))
    .filter((row) => which(...row));
}

/** There is more to find in what is built, and in what reads a body. */
function weightOf({ isBuilt, body }: Operation): number {
  if (!isBuilt) return 1;
  return body === undefined ? 8 : 24;
}

function messagesOf(dialect: FuzzedDialect, operation: Operation): fc.Arbitrary<Message> {
  const right = fc
    .tuple(operation.body ?? fc.constant({}), mutations)
    .map(([value, broken]) => writeJson(mutate(treeOf(value), broken)));
  const garbled = fc.tuple(right, edits).map(([text, by]) => garble(text, by));
  const text = fc.oneof(
    { weight: 20, arbitrary: right },
    { weight: 3, arbitrary: garbled },
    { weight: 1, arbitrary: nastyText },
  );
  const isAnonymous = fc.oneof(
    { weight: 7, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  return fc.record({ text, isAnonymous }).map((said) => ({ dialect, operation, ...said }));
}
