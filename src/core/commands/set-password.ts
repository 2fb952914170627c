import type { Command } from '#core/command.ts';
import { updateUser } from './update-user.ts';
import type { PasswordInput, UpdateUserInput } from './user-input.ts';
import type { UserFacts } from './user-parts.ts';

interface SetPasswordInput extends Pick<UpdateUserInput, 'user' | 'kind'> {
  readonly password: PasswordInput;
}

/** Sets a user's password and nothing else. */
export const setPassword: Command<SetPasswordInput, UserFacts, unknown> = {
  ...updateUser,
  name: 'set-password',
};
