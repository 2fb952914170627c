import type { Command } from '#core/command.ts';
import { setAfter } from '#core/commands/part.ts';
import { targetOf } from '#core/commands/update-user.ts';
import { applyPatch } from '#core/patch.ts';
import type { UserKey } from '#core/user.ts';

const path = 'extensions.zitadel.mfaInitSkippedAt';

/** Keeps when a person declined to set up a second factor. */
export const skipMfaInit: Command<{ readonly user: UserKey }, undefined, undefined> = {
  name: 'skip-mfa-init',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, input, _facts, context) {
    const { key, user } = targetOf({ ...input, kind: 'human' }, state, context);
    const before = user.fields[path] as string | undefined;
    return {
      user: { key, fields: applyPatch(user.fields, { [path]: setAfter(before, context.now) }) },
      result: undefined,
    };
  },
};
