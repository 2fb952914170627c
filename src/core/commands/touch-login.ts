import type { Command } from '#core/command.ts';
import { notPermitted, userNotFound } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';
import { isSameLogin } from './sign-in.ts';

/** Notes a login of a user who has proved itself by a token: on some wires that counts as one. Records no change. */
export const touchLogin: Command<{ readonly user: UserKey }, undefined, undefined> = {
  name: 'touch-login',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, { user: key }, _facts, { actor, now }) {
    if (actor.kind !== 'system' && actor.user !== key) throw notPermitted();
    const user = state.user(key);
    if (user === undefined) throw userNotFound();
    if (isSameLogin(user.activity, now)) return { result: undefined };
    const activity = { ...user.activity, lastLoginAt: now };
    return { writes: { activity: { user: key, activity } }, result: undefined };
  },
};
