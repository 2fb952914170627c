import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { applyPatch } from '#core/patch.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';
import { targetOf } from './update-user.ts';

/** Deletes a user: its names are free again, its ids never; tokens, keys, codes, messages and metadata go along. */
export const deleteUser: Command<{ readonly user: UserKey }, undefined, undefined> = {
  name: 'delete-user',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, input, _facts, context) {
    const { key, user } = targetOf(input, state, context);
    if (!mayAdminister(context.actor, user, context.via.dialect)) throw notPermitted();
    if (user.fields.owner) {
      throw new DirectoryError('failed_precondition', 'The owner of the directory cannot be deleted.', {
        reason: 'last_owner',
      });
    }
    return {
      user: {
        key,
        fields: applyPatch(user.fields, { lifecycle: 'deleted', 'totp.pendingAt': null, 'totp.setAt': null }),
      },
      writes: {
        dropSecrets: [
          { user: key, name: 'code.email' },
          { user: key, name: 'code.invite' },
          { user: key, name: 'code.phone' },
          { user: key, name: 'code.password' },
          { user: key, name: 'totp' },
          { user: key, name: 'clientSecret' },
        ],
        dropRecordsOf: key,
        dropTokensOf: { user: key, which: 'all' },
        dropMessagesOf: key,
        dropMetadataOf: key,
      },
      result: undefined,
    };
  },
};
