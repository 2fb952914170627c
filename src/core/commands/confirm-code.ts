import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { applyPatch, type UserPatch } from '#core/patch.ts';
import { codePurpose } from '#core/policies/code-rules.ts';
import type { CodeName } from '#core/secret.ts';
import { refuseCode } from './password.ts';
import { targetOf } from './update-user.ts';
import type { UpdateUserInput } from './user-input.ts';

export interface ConfirmCodeInput extends Pick<UpdateUserInput, 'user' | 'kind'> {
  readonly code: 'email' | 'invite' | 'phone';
  /** The code as the user gives it. */
  readonly given: string;
}

/** The codes that are of no use any more once one is right: a verified address needs no other code. */
const spentWith: Readonly<Record<ConfirmCodeInput['code'], readonly CodeName[]>> = {
  email: ['code.email', 'code.invite'],
  invite: ['code.email', 'code.invite'],
  phone: ['code.phone'],
};

/**
 * Verifies the mail address or number for which a code was made; the code of an invitation makes an initial user active
 * besides. A wrong code is counted.
 */
export const confirmCode: Command<ConfirmCodeInput, { readonly macs: readonly string[] }, undefined> = {
  name: 'confirm-code',

  touches: ({ user }) => ({ users: [user], secretsOf: [user] }),

  async prepare(input, snapshot, context) {
    const { key } = targetOf(input, snapshot, context);
    return { macs: context.sealer.macs(input.given, codePurpose(key, `code.${input.code}`)) };
  },

  decide(state, input, facts, context) {
    const { key, user } = targetOf(input, state, context);
    const name = `code.${input.code}` as const;
    if (context.dryRun) return { user: { key, fields: user.fields }, result: undefined };
    const refused = refuseCode(name, facts?.macs, user, state, context);
    if (refused?.refusal) {
      const { writes = {}, refusal } = refused;
      return { user: { key, fields: user.fields }, writes, refusal, result: undefined };
    }
    const present =
      input.code === 'phone'
        ? (user.fields['phone.number'] ?? user.fields['phone.entered'])
        : user.fields['email.address'];
    if (state.secret(key, name)?.doc.target !== present) {
      throw new DirectoryError('failed_precondition', 'The code is for a former address.', {
        reason: 'code_not_requested',
      });
    }
    const path = `${input.code === 'phone' ? 'phone' : 'email'}.verifiedAt` as const;
    const activates = input.code === 'invite' && user.fields.lifecycle === 'initial';
    const patch: UserPatch = {
      ...(user.fields[path] === undefined ? { [path]: context.now } : {}),
      ...(activates ? { lifecycle: 'active' } : {}),
    };
    return {
      user: { key, fields: applyPatch(user.fields, patch) },
      writes: { dropSecrets: spentWith[input.code].map((spent) => ({ user: key, name: spent })) },
      vouchesFor: activates ? [path, 'lifecycle'] : [path],
      result: undefined,
    };
  },
};
