import type { Command } from '#core/command.ts';
import { applyPatch } from '#core/patch.ts';
import type { UserKey } from '#core/user.ts';
import { totpNotSet } from './totp.ts';
import { targetOf } from './update-user.ts';

/** Forgets the user's authenticator app, also one that waits for its first code. */
export const removeTotp: Command<{ readonly user: UserKey }, undefined, undefined> = {
  name: 'remove-totp',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, input, _facts, context) {
    const { key, user } = targetOf(input, state, context);
    const isRegistered = (user.fields['totp.setAt'] ?? user.fields['totp.pendingAt']) !== undefined;
    if (!isRegistered) throw totpNotSet();
    return {
      user: { key, fields: applyPatch(user.fields, { 'totp.pendingAt': null, 'totp.setAt': null }) },
      writes: { dropSecrets: [{ user: key, name: 'totp' }] },
      result: undefined,
    };
  },
};
