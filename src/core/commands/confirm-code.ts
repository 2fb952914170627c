import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { applyPatch, type UserPatch } from '#core/patch.ts';
import { codePurpose } from '#core/policies/code-rules.ts';
import type { UserKey } from '#core/user.ts';
import { refuseCode } from './password.ts';
import { targetOf } from './update-user.ts';

export interface ConfirmCodeInput {
  readonly user: UserKey;
  readonly code: 'email' | 'phone';
  /** The code as the user gives it. */
  readonly given: string;
}

/** Verifies the mail address or number for which a code was made. A wrong code is counted. */
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
      input.code === 'email'
        ? user.fields['email.address']
        : (user.fields['phone.number'] ?? user.fields['phone.entered']);
    if (state.secret(key, name)?.doc.target !== present) {
      throw new DirectoryError('failed_precondition', 'The code is for a former address.', {
        reason: 'code_not_requested',
      });
    }
    const path = `${input.code}.verifiedAt` as const;
    const patch: UserPatch = user.fields[path] === undefined ? { [path]: context.now } : {};
    return {
      user: { key, fields: applyPatch(user.fields, patch) },
      writes: { dropSecrets: [{ user: key, name }] },
      vouchesFor: [path],
      result: undefined,
    };
  },
};
