import type { Command, Context, State } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { User } from '#core/user.ts';
import { decideCode, type MadeCode, makeCode } from './contacts.ts';
import { targetOf } from './update-user.ts';
import type { CodeRequest, UpdateUserInput } from './user-input.ts';

export interface RequestCodeInput extends CodeRequest, Pick<UpdateUserInput, 'user' | 'kind' | 'initialized'> {
  /** What the code is for: to confirm the mail address or the number, or to set a new password. */
  readonly code: 'email' | 'phone' | 'password';
  /** How a code for a new password is sent; `email` unless said. */
  readonly channel?: 'email' | 'text';
  /** Only in the place of a code that has been asked for before; `code_not_requested` without one. */
  readonly onlyAgain?: true;
}

/** Makes a one-time code for the user's present address or number; a former code for the same ends. */
export const requestCode: Command<RequestCodeInput, MadeCode | undefined, { readonly code?: string }> = {
  name: 'request-code',

  touches: ({ user }) => ({ users: [user], secretsOf: [user] }),

  async prepare(input, snapshot, context) {
    const { key, ids, realm, user } = targetOf(input, snapshot, context);
    deliveryOf(input, user, snapshot, context);
    const to = { user: key, ids, realm, fields: user.fields };
    return context.dryRun ? undefined : makeCode(`code.${input.code}`, input, to, context);
  },

  decide(state, input, made, context) {
    const { key, ids, realm, user } = targetOf(input, state, context);
    const { to, channel } = deliveryOf(input, user, state, context);
    const recipient = { user: key, ids, realm };
    const { writes = {}, plain } = decideCode(`code.${input.code}`, to, input, made, channel, recipient, context);
    return { user: { key, fields: user.fields }, writes, result: plain === undefined ? {} : { code: plain } };
  },
};

function deliveryOf(
  input: RequestCodeInput,
  user: User,
  state: State,
  { actor, via }: Context,
): { to: string; channel: 'email' | 'text' } {
  // Whoever is handed a code has as good as confirmed it: that is not for the user itself.
  if (input.deliver === 'return' && !mayAdminister(actor, user, via.dialect)) throw notPermitted();
  if (input.code === 'password' && user.fields.lifecycle === 'initial') {
    throw new DirectoryError('failed_precondition', 'The user is not active yet, so it can have no password.', {
      reason: 'user_initial',
    });
  }
  if (input.onlyAgain && state.secret(user.key, `code.${input.code}`) === undefined) {
    throw new DirectoryError('failed_precondition', 'No code has been asked for: ask for a first one.', {
      reason: 'code_not_requested',
    });
  }
  const byText = input.code === 'phone' || input.channel === 'text';
  const to = byText ? (user.fields['phone.number'] ?? user.fields['phone.entered']) : user.fields['email.address'];
  // A code for a new password that is handed over needs no address.
  if (to === undefined && !(input.code === 'password' && input.deliver === 'return')) {
    const reason = byText ? 'phone_missing' : 'email_missing';
    throw new DirectoryError('failed_precondition', `The user has no ${byText ? 'phone number' : 'mail address'}.`, {
      reason,
    });
  }
  const handedOver = input.code === 'password' && input.deliver === 'return';
  return { to: handedOver ? '' : (to ?? ''), channel: byText ? 'text' : 'email' };
}
