import type fc from 'fast-check';
import type { Json } from '#core/json.ts';
import type { Answer } from './connection.ts';
import type { Tree } from './tree.ts';

/** One operation of a dialect, as its route table has it. */
export interface Operation {
  /** As the table names it. */
  readonly name: string;
  /** False: known, and not built, so that 501 is its right answer. */
  readonly isBuilt: boolean;
  /** Where it is, parameters as `:name`; absent: it is a message over the dialect's WebSocket. */
  readonly route?: { readonly method: string; readonly path: string };
  /** What a client would send, by the table's own schema; absent: nothing. */
  readonly body?: fc.Arbitrary<Json>;
  /** What the body can be written as; JSON unless given. */
  readonly formats?: readonly Format[];
}

export interface Format {
  readonly type: string;
  write(tree: Tree): string;
}

/** What a dialect tells the fuzzer: its whole route table, and how it refuses. */
export interface FuzzedDialect {
  readonly name: string;
  readonly operations: readonly Operation[];
  /** The path of its WebSocket, for operations without a route. */
  readonly socket?: string;
  /** Whether an answer with a status of 400 or more, or a message that is no success, is in this dialect's own shape. */
  isRefusal(answer: Answer): boolean;
}
