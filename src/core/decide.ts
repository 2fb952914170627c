import type { Actor, Via } from './actor.ts';
import type { Command, Context, Decision, NewIdentity, State, Touches } from './command.ts';
import { currentActor } from './current-actor.ts';
import { DirectoryError } from './errors.ts';
import type { FieldTable } from './fields.ts';
import { claimNames } from './held-names.ts';
import type { Instant } from './instant.ts';
import { changeMetadata, type MetadataChange, type MetadataPatch } from './metadata.ts';
import { diff, type Fields } from './patch.ts';
import { authorizeChanges, maySee } from './policies/authorize.ts';
import type { Unit } from './ports.ts';
import { recordChange } from './record-change.ts';
import type { Overlay } from './state.ts';
import { isWithin, type User, type UserKey } from './user.ts';

/** A command with all that it is decided on. */
export interface Submission<Input = unknown, Facts = unknown, Result = unknown> {
  readonly command: Command<Input, Facts, Result>;
  readonly input: Input;
  readonly touches: Touches;
  readonly facts: Facts | undefined;
  readonly actor: Actor;
  readonly via: Via;
  readonly newUser: NewIdentity | undefined;
  readonly ifVersion: number | undefined;
  readonly dryRun: boolean;
  /** When it was submitted. */
  readonly now: Instant;
  /** For the values of the change that it may come to: base64 of 16 random bytes. */
  readonly salt: string;
}

/** What a submission comes to: what is to be committed, and what the caller is told once it is. */
export interface Decided {
  readonly unit: Unit;
  readonly user: User | undefined;
  readonly result: unknown;
  readonly refusal: DirectoryError | undefined;
}

/**
 * Decides one command on the present state: the actor's rights now, the version asked for, the command itself, then the
 * field table over what would change. Whatever a command returns, this is what makes it a versioned, recorded change.
 */
export function decide(submission: Submission, state: Overlay, table: FieldTable): Decided {
  const { command, input, facts, via, dryRun, newUser, now } = submission;
  const actor = currentActor(submission.actor, state);
  refuseOtherVersion(submission, actor, state);
  const context: Context = { actor, via, now, table, dryRun, ...(newUser ? { newUser } : {}) };
  const decision = command.decide(state, input, facts, context);
  const unit = unitOf(decision, submission, context, state);
  const key = decision.user?.key;
  const user = unit.user?.after ?? (key === undefined ? undefined : state.user(key));
  return { unit, user, result: decision.result, refusal: decision.refusal };
}

/** The version of what the command is about first: asked for by who may know it, it is checked before anything else. */
export function refuseOtherVersion(
  { touches, ifVersion, via }: Pick<Submission, 'touches' | 'ifVersion' | 'via'>,
  actor: Actor,
  state: State,
): void {
  if (ifVersion === undefined) return;
  const key = touches.users?.[0];
  const user = key === undefined ? undefined : state.user(key);
  if (user === undefined || user.version === ifVersion) return;
  if (!isWithin(touches.only ?? {}, user) || !maySee(actor, user, via)) return;
  throw new DirectoryError('aborted', `The user stands at version ${user.version}, not ${ifVersion}: read it again.`, {
    reason: 'version_mismatch',
  });
}

function unitOf(decision: Decision<unknown>, { command, salt }: Submission, context: Context, state: Overlay): Unit {
  const writes = decision.writes ?? {};
  if (decision.realm) {
    const { key, fields, ids } = decision.realm;
    const before = state.realm(key);
    const changes = diff((before?.fields ?? {}) as Fields, fields as unknown as Fields);
    if (Object.keys(changes).length === 0) return writes;
    const { stamp, change } = recordChange(
      { kind: 'realm', key, realm: key },
      before,
      changes,
      nameInHistory(command),
      context,
      salt,
    );
    return { ...writes, realm: { after: { key, ids, fields, ...stamp }, before: before?.version ?? 0 }, change };
  }
  if (!decision.user) return writes;
  const { key, fields, created, metadata: patch } = decision.user;
  const before = state.user(key);
  const identity = before ?? (created && { key, ...created, activity: { failedAttempts: 0 } });
  if (identity === undefined) throw new Error(`${command.name} decided on a user that it did not load`);
  const was = before?.fields ?? {};
  const metadata = patch?.size && metadataOf(key, before, patch, state);
  const changes = metadata ? { ...diff(was, fields), ...metadata.changes } : diff(was, fields);
  if (Object.keys(changes).length === 0) return writes;
  const target = { key, realm: identity.realm, fields: was };
  authorizeChanges(context.actor, target, changes, context.table, context.via, decision.vouchesFor ?? []);
  const names = claimNames(state, key, was, fields);
  const subject = { kind: 'user', key, realm: identity.realm } as const;
  const { stamp, change } = recordChange(subject, before, changes, nameInHistory(command), context, salt);
  return {
    ...writes,
    ...names,
    ...(metadata && metadataWrites(metadata, stamp.changedAt)),
    user: { after: { ...identity, fields, ...stamp }, before: before?.version ?? 0 },
    change,
  };
}

function metadataOf(key: UserKey, before: User | undefined, patch: MetadataPatch, state: State): MetadataChange {
  const sizes = before === undefined ? new Map<string, number>() : state.metadataSizes(key);
  if (sizes === undefined) throw new Error('A command decided on metadata that it did not load.');
  return changeMetadata(key, patch, sizes, (name) => state.metadata(key, name));
}

function metadataWrites({ put, drop }: MetadataChange, at: Instant): Pick<Unit, 'putMetadata' | 'dropMetadata'> {
  return {
    putMetadata: put.map(({ createdAt = at, ...row }) => ({ ...row, createdAt, changedAt: at })),
    dropMetadata: drop,
  };
}

function nameInHistory({ name, recordedAs = name }: Submission['command']): string {
  return recordedAs;
}
