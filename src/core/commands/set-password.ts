import type { Command } from '#core/command.ts';
import type { UserKey } from '#core/user.ts';
import { updateUser } from './update-user.ts';
import type { PasswordInput } from './user-input.ts';
import type { UserFacts } from './user-parts.ts';

/** Sets a user's password and nothing else. */
export const setPassword: Command<{ user: UserKey; password: PasswordInput }, UserFacts, unknown> = {
  ...updateUser,
  name: 'set-password',
};
