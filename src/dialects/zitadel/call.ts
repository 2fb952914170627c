import type { Actor } from '#core/actor.ts';
import type { Command } from '#core/command.ts';
import type { ActingDirectory, Directory, Outcome, RunOptions } from '#core/directory.ts';
import { userNotFound } from '#core/policies/authorize.ts';
import type { Clock } from '#core/ports.ts';
import type { RealmKey } from '#core/realm.ts';
import type { User, UserKey } from '#core/user.ts';
import { encodeDetails } from './encode.ts';
import type { Violation } from './pgv.ts';

/** One call of an operation, whatever carried it. */
export interface Call {
  readonly actor: Actor;
  readonly directory: Directory;
  readonly acting: ActingDirectory;
  readonly options: RunOptions;
  readonly clock: Clock;
  /** The organization that the caller names beside the request (`x-zitadel-orgid`). */
  readonly organization: string | undefined;
  /** The vendor's id of a realm. */
  organizationOf(realm: RealmKey): Promise<string>;
}

/** What an operation answers: the response message as proto3 JSON, and the version of the user that it is about, if any. */
export interface Answer {
  readonly body: object;
  readonly version?: number | undefined;
}

/** An operation, but for the ones that excuse broken rules, is only called with a request that breaks none. */
export interface Operation<Request> {
  readonly excusesViolations?: true;
  /** How deep its bodies may nest, when deeper than others. */
  readonly maxDepth?: number;
  run(call: Call, request: Request, violations: readonly Violation[]): Promise<Answer>;
}

/** The core's key of the user with an id of the vendor's, also of a deleted one. */
export async function keyOf(call: Call, userId: string): Promise<UserKey> {
  const key = await call.directory.resolve('zitadel', userId);
  if (key === undefined) throw userNotFound();
  return key;
}

/** Runs a command about one user and answers its details, with what `more` makes of the result beside them. */
export async function act<Input extends { readonly user: UserKey }, Facts, Result>(
  call: Call,
  userId: string,
  command: Command<Input, Facts, Result>,
  input: Omit<Input, 'user'>,
  more: (result: Result) => object = () => ({}),
): Promise<Answer> {
  const user = await keyOf(call, userId);
  const outcome = await call.acting.run(command, { ...input, user } as Input, call.options);
  return await answerOf(call, outcome, more(outcome.result));
}

/** The user of an outcome, of a command that is about one. */
export function userOf({ user }: Outcome<unknown>): User {
  if (user === undefined) throw new Error('A command about a user came to no user.');
  return user;
}

export async function answerOf(call: Call, outcome: Outcome<unknown>, more: object): Promise<Answer> {
  const user = userOf(outcome);
  return { body: { details: await detailsOf(call, user), ...more }, version: user.version };
}

export async function detailsOf(call: Call, user: User): Promise<ReturnType<typeof encodeDetails>> {
  return encodeDetails(user, await call.organizationOf(user.realm));
}
