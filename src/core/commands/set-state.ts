import type { Command } from '#core/command.ts';
import { DirectoryError, type ErrorReason } from '#core/errors.ts';
import { applyPatch, type Fields } from '#core/patch.ts';
import { requirePermission } from '#core/permissions.ts';
import { authorizeUpdate, mayAdminister, notPermitted, userNotFound } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';
import type { StateInput } from './user-input.ts';
import { decideState } from './user-parts.ts';

export interface SetStateInput {
  readonly user: UserKey;
  readonly action: 'lock' | 'unlock' | 'disable' | 'enable';
}

const effects: Readonly<Record<SetStateInput['action'], StateInput>> = {
  lock: { locked: true },
  unlock: { locked: false },
  disable: { disabled: true },
  enable: { disabled: false },
};

/** Locks, unlocks, disables or enables a user, and refuses when it is not in the state that this starts from. */
export const setState: Command<SetStateInput, undefined, undefined> = {
  name: 'set-state',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, input, _facts, context) {
    const { actor, via } = context;
    requirePermission(actor, 'users.write');
    const user = state.user(input.user);
    if (!user || user.fields.lifecycle === 'deleted') throw userNotFound();
    if (actor.realm !== user.realm && !actor.owner) throw userNotFound();
    // The state comes before the right: so says ZITADEL's order of errors, the one wire that has these four.
    refuseWrongStart(input.action, user.fields);
    authorizeUpdate(actor, user, via);
    if (!mayAdminister(actor, user, via.dialect)) throw notPermitted();
    const { patch = {}, writes = {} } = decideState(effects[input.action], user.key, user, context);
    return { user: { key: user.key, fields: applyPatch(user.fields, patch) }, writes, result: undefined };
  },
};

function refuseWrongStart(action: SetStateInput['action'], fields: Fields): void {
  const [locked, disabled] = [fields.lockedAt !== undefined, fields.disabledAt !== undefined];
  if (action === 'lock' && (locked || disabled)) {
    throw wrongStart('user_not_lockable', 'The user is locked or disabled already.');
  }
  if (action === 'unlock' && !locked) throw wrongStart('user_not_locked', 'The user is not locked.');
  if (action === 'disable' && fields.lifecycle === 'initial') {
    throw wrongStart('user_initial', 'The user is not active yet: it can only be deleted.');
  }
  if (action === 'disable' && disabled) throw wrongStart('user_already_disabled', 'The user is disabled already.');
  if (action === 'enable' && !disabled) throw wrongStart('user_not_disabled', 'The user is not disabled.');
}

function wrongStart(reason: ErrorReason, message: string): DirectoryError {
  return new DirectoryError('failed_precondition', message, { reason });
}
