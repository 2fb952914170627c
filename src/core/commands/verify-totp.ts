import { type Command, type Decision, StaleFacts } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { applyPatch } from '#core/patch.ts';
import { maxTotpAttempts, totpStep } from '#core/policies/totp-rules.ts';
import type { Secret } from '#core/secret.ts';
import type { User, UserKey } from '#core/user.ts';
import { refuseSetTotp, totpNotSet, totpPurpose } from './totp.ts';
import { targetOf } from './update-user.ts';

export interface VerifyTotpInput {
  readonly user: UserKey;
  /** What the authenticator app shows. */
  readonly code: string;
}

/** The time step of the code, absent for a wrong one, and the revision of the secret that it was checked with. */
interface VerifyTotpFacts {
  readonly revision: number;
  readonly step?: number;
}

/** Shows that the authenticator app that was registered works. A wrong code is counted; too many end the registration. */
export const verifyTotp: Command<VerifyTotpInput, VerifyTotpFacts | undefined, undefined> = {
  name: 'verify-totp',

  touches: ({ user }) => ({ users: [user], secretsOf: [user] }),

  async prepare({ user: target, code }, snapshot, context) {
    const { key, user } = targetOf({ user: target }, snapshot, context);
    const { doc, revision } = pendingTotp(user, snapshot.secret(key, 'totp'));
    if (context.dryRun) return undefined;
    const secret = context.sealer.open(doc.sealed, totpPurpose(key));
    const step = totpStep(secret, code, context.now, doc.lastStep);
    return { revision, ...(step === undefined ? {} : { step }) };
  },

  decide(state, input, facts, context) {
    const { key, user } = targetOf({ user: input.user }, state, context);
    const secret = pendingTotp(user, state.secret(key, 'totp'));
    if (context.dryRun) return { user: { key, fields: user.fields }, result: undefined };
    if (facts?.revision !== secret.revision) throw new StaleFacts();
    if (facts.step === undefined) return refuseCode(user, secret);
    const fields = applyPatch(user.fields, { 'totp.pendingAt': null, 'totp.setAt': context.now });
    const doc = { sealed: secret.doc.sealed, failedAttempts: 0, lastStep: facts.step };
    return { user: { key, fields }, writes: { putSecrets: [{ ...secret, doc }] }, result: undefined };
  },
};

function pendingTotp(user: User, secret: Secret<'totp'> | undefined): Secret<'totp'> {
  refuseSetTotp(user);
  if (secret === undefined) throw totpNotSet();
  return secret;
}

function refuseCode({ key, fields }: User, secret: Secret<'totp'>): Decision<undefined> {
  const failedAttempts = secret.doc.failedAttempts + 1;
  const refusal = new DirectoryError('invalid_argument', 'The code is wrong.', { reason: 'code_wrong', field: 'code' });
  if (failedAttempts < maxTotpAttempts) {
    const putSecrets = [{ ...secret, doc: { ...secret.doc, failedAttempts } }];
    return { user: { key, fields }, writes: { putSecrets }, refusal, result: undefined };
  }
  const ended = { key, fields: applyPatch(fields, { 'totp.pendingAt': null }) };
  return { user: ended, writes: { dropSecrets: [{ user: key, name: 'totp' }] }, refusal, result: undefined };
}
