import type { Actor } from '#core/actor.ts';
import type { ActingDirectory, Directory, RunOptions } from '#core/directory.ts';
import type { JsonObject } from '#core/json.ts';

/** One operation of the vendor's API. */
export interface Operation {
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT';
  /** With Fastify's parameters; `:id` is the one that `Call.id` is read from. */
  readonly path: string;
  /** What this operation calls members that go by another name elsewhere. */
  readonly members?: Readonly<Record<string, string>>;
  /** Absent: known, and not built. */
  readonly run?: (call: Call) => Promise<Answer>;
}

/** An authenticated request. */
export interface Call {
  readonly actor: Actor;
  readonly directory: Directory;
  /** The directory as the caller may use it. */
  readonly users: ActingDirectory;
  /** The id, or ids, in the path, as it stands there. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly options: RunOptions;
  /** Throws `invalid_argument` when the body is no JSON object. */
  body(): JsonObject;
}

/** What is answered with status 200, the only one that the vendor's clients take for success. */
export interface Answer {
  readonly body: JsonObject;
  /** Of the one user that the answer is about. */
  readonly version?: number;
}
