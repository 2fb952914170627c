import type { Actor } from '#core/actor.ts';
import { type AnyCommand, type Command, StaleFacts } from '#core/command.ts';
import type { Submission } from '#core/decide.ts';
import type { Commit, Outcome } from '#core/directory.ts';
import { DirectoryError, errorFrom, type PlainError, plainOf } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import type { Replay } from '#core/replay.ts';
import type { User } from '#core/user.ts';

/** A command on its way to the thread that writes; a tuple, since names cost more to copy than values. */
export type PostedSubmission = readonly [
  id: number,
  command: string,
  input: unknown,
  facts: unknown,
  actor: string,
  via: Submission['via'],
  newUser: Submission['newUser'],
  ifVersion: Submission['ifVersion'],
  dryRun: boolean,
  now: Submission['now'],
  salt: string,
  replay: Replay | undefined,
];

/** What has become of it. */
export type PostedOutcome =
  | readonly [id: number, changed: boolean, result: unknown, user: PostedUser | undefined]
  | readonly [id: number, failure: PostedFailure];

/** A user likewise; the ids and fields as JSON, which is read when somebody asks for them. */
type PostedUser = readonly [
  key: User['key'],
  realm: User['realm'],
  kind: User['kind'],
  version: number,
  digest: string,
  createdAt: User['createdAt'],
  changedAt: User['changedAt'],
  activity: User['activity'],
  ids: string,
  fields: string,
];

type PostedFailure =
  | { readonly kind: 'refused'; readonly error: PlainError; readonly cause?: string }
  | { readonly kind: 'stale' }
  | { readonly kind: 'fault'; readonly text: string };

/** What the thread that writes tells after it has committed. */
export interface Report {
  readonly commits: readonly Commit[];
  /** Commands in each batch, and how many milliseconds it took until that was durable. */
  readonly batches: readonly (readonly [commands: number, ms: number])[];
  readonly outcomes: readonly PostedOutcome[];
  /** For the log. */
  readonly notes: readonly (readonly [level: keyof Log, facts: object, text: string])[];
}

/** Actors last as long as their tokens are remembered, so each is written once. */
const written = new WeakMap<Actor, string>();

function writeActor(actor: Actor): string {
  const known = written.get(actor);
  if (known !== undefined) return known;
  const text = JSON.stringify(actor);
  written.set(actor, text);
  return text;
}

export function postSubmission(id: number, submission: Submission, replay: Replay | undefined): PostedSubmission {
  const { command, input, facts, actor, via, newUser, ifVersion, dryRun, now, salt } = submission;
  const posted = command.forDecision ? command.forDecision(input) : input;
  return [id, command.name, posted, facts, writeActor(actor), via, newUser, ifVersion, dryRun, now, salt, replay];
}

const maxActors = 1000;

/** Reads submissions as they were posted; the actors that came last are kept. */
export class SubmissionReader {
  readonly #commands: ReadonlyMap<string, Command<unknown, unknown, unknown>>;
  readonly #actors = new Map<string, Actor>();

  constructor(commands: readonly AnyCommand[]) {
    this.#commands = new Map(
      commands.map((command) => [command.name, command as unknown as Command<unknown, unknown, unknown>]),
    );
  }

  read(posted: PostedSubmission): Submission {
    const [, name, input, facts, writtenActor, via, newUser, ifVersion, dryRun, now, salt] = posted;
    const command = this.#commands.get(name);
    if (command === undefined) throw new Error(`The thread that writes knows no command ${name}.`);
    const actor = this.#actorOf(writtenActor);
    const touches = command.touches(input, newUser ? { actor, newUser } : { actor });
    return { command, input, touches, facts, actor, via, newUser, ifVersion, dryRun, now, salt };
  }

  #actorOf(text: string): Actor {
    const known = this.#actors.get(text);
    if (known) return known;
    if (this.#actors.size >= maxActors) this.#actors.clear();
    const actor = JSON.parse(text) as Actor;
    this.#actors.set(text, actor);
    return actor;
  }
}

export function postOutcome(id: number, { user, changed, result }: Outcome<unknown>): PostedOutcome {
  return [id, changed, result, user && postUser(user)];
}

function postUser({
  key,
  realm,
  kind,
  version,
  digest,
  createdAt,
  changedAt,
  activity,
  ids,
  fields,
}: User): PostedUser {
  const [writtenIds, writtenFields] = [JSON.stringify(ids), JSON.stringify(fields)];
  return [key, realm, kind, version, digest, createdAt, changedAt, activity, writtenIds, writtenFields];
}

export function postFailure(id: number, error: unknown): PostedOutcome {
  if (error instanceof StaleFacts) return [id, { kind: 'stale' }];
  if (!(error instanceof DirectoryError)) {
    return [id, { kind: 'fault', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }];
  }
  const { cause } = error;
  return [id, { kind: 'refused', error: plainOf(error), ...(cause === undefined ? {} : { cause: String(cause) }) }];
}

/** The outcome, or throws what the command has failed with. */
export function readOutcome(posted: PostedOutcome): Outcome<unknown> {
  const [, changed, result, user] = posted;
  if (typeof changed === 'object') throw errorOf(changed);
  return { changed, result, user: user && readUser(user) };
}

function readUser(posted: PostedUser): User {
  const [key, realm, kind, version, digest, createdAt, changedAt, activity, writtenIds, writtenFields] = posted;
  let ids: User['ids'] | undefined;
  let fields: User['fields'] | undefined;
  return {
    key,
    realm,
    kind,
    version,
    digest,
    createdAt,
    changedAt,
    activity,
    get ids() {
      ids ??= JSON.parse(writtenIds) as User['ids'];
      return ids;
    },
    get fields() {
      fields ??= JSON.parse(writtenFields) as User['fields'];
      return fields;
    },
  };
}

function errorOf(failure: PostedFailure): Error {
  if (failure.kind === 'stale') return new StaleFacts();
  if (failure.kind === 'refused') return errorFrom(failure.error, failure.cause);
  const fault = new Error(failure.text.split('\n', 1)[0]);
  fault.stack = failure.text;
  return fault;
}
