import type { Actor } from '#core/actor.ts';
import type { ActingDirectory, Directory, RunOptions } from '#core/directory.ts';
import type { Instant } from '#core/instant.ts';
import type { JsonObject } from '#core/json.ts';
import type { Grant } from './oauth/grant.ts';

/** One operation of the vendor's API. */
export interface Operation {
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT';
  /** With Fastify's parameters; `:id` is the one that `Call.id` is read from. */
  readonly path: string;
  /** What this operation calls members that go by another name elsewhere. */
  readonly members?: Readonly<Record<string, string>>;
  /** The former scope that opens this operation alone; `users` opens them all. */
  readonly scope?: string;
  /** Whatever scopes a token has, it opens this one. */
  readonly anyScope?: true;
  /** Issues tokens: asks for none, and answers, errors too, as RFC 6749 has it. */
  readonly issuesTokens?: true;
  /** Absent, where it issues no tokens: known, and not built. */
  readonly run?: (call: Call) => Promise<Answer>;
}

/** An authenticated request. */
export interface Call {
  readonly actor: Actor;
  /** What its token is limited to; undefined for a token of the directory itself. */
  readonly grant: Grant | undefined;
  readonly now: Instant;
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
