import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Instant } from '#core/instant.ts';
import { findKey, keyRecord } from '#core/machine-key.ts';
import { applyPatch } from '#core/patch.ts';
import type { UserKey } from '#core/user.ts';
import { machineFor, requireFuture } from './machine.ts';
import { setAfter } from './part.ts';

export interface KeyPair {
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  /** PEM; never stored. */
  readonly privateKey: string;
}

export interface AddKeyInput {
  readonly user: UserKey;
  /** The dialect that it is made for. */
  readonly dialect: string;
  /** As `KeyPair` has it, checked; or what makes a pair. */
  readonly publicKey: string | (() => Promise<KeyPair>);
  readonly expiresAt: Instant;
}

interface MadeKey {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey?: string;
}

/** A key as it was added; in a dry run without its id. */
export interface AddedKey {
  readonly id: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Of a pair that was made, this once. */
  readonly privateKey?: string;
}

/** Gives a machine a key, besides those that it has. */
export const addKey: Command<AddKeyInput, MadeKey | undefined, AddedKey> = {
  name: 'add-key',

  touches: ({ user }) => ({ users: [user] }),

  // What makes a pair stays in this thread.
  forDecision: ({ publicKey: _, ...input }) => input,

  async prepare({ user, publicKey, expiresAt }, snapshot, context) {
    requireFuture(expiresAt, context.now);
    machineFor(user, snapshot, context);
    if (context.dryRun) return undefined;
    const pair = typeof publicKey === 'string' ? { publicKey } : await publicKey();
    return { id: context.random.uuid(), ...pair };
  },

  decide(state, { user: key, dialect, expiresAt }, made, context) {
    const createdAt = context.now;
    requireFuture(expiresAt, createdAt);
    const { realm, fields } = machineFor(key, state, context);
    const user = { key, fields: applyPatch(fields, { 'keys.setAt': setAfter(fields['keys.setAt'], createdAt) }) };
    if (made === undefined) return { user, result: { id: '', createdAt, expiresAt } };
    const { id, publicKey, privateKey } = made;
    const record = {
      ...keyRecord(dialect, id),
      realm,
      owner: key,
      version: 1,
      doc: { publicKey, createdAt, expiresAt },
    };
    const shown = privateKey === undefined ? {} : { privateKey };
    return { user, writes: { putRecords: [record] }, result: { id, createdAt, expiresAt, ...shown } };
  },
};

export interface RemoveKeyInput {
  readonly user: UserKey;
  readonly dialect: string;
  readonly id: string;
}

/** Takes a key away, and what has come of it. */
export const removeKey: Command<RemoveKeyInput, undefined, undefined> = {
  name: 'remove-key',

  touches: ({ user, dialect, id }) => ({ users: [user], records: [keyRecord(dialect, id)] }),

  decide(state, { user: key, dialect, id }, _facts, context) {
    const { fields } = machineFor(key, state, context);
    if (findKey(state, dialect, id, key) === undefined) {
      throw new DirectoryError('not_found', 'There is no such key.', { reason: 'key_not_found' });
    }
    return {
      user: { key, fields: applyPatch(fields, { 'keys.setAt': setAfter(fields['keys.setAt'], context.now) }) },
      writes: { dropRecords: [keyRecord(dialect, id)], dropTokensOf: { user: key, which: { credential: id } } },
      result: undefined,
    };
  },
};
