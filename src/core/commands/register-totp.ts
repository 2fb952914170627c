import { type Command, StaleFacts } from '#core/command.ts';
import { applyPatch } from '#core/patch.ts';
import { newTotpSecret } from '#core/policies/totp-rules.ts';
import type { UserKey } from '#core/user.ts';
import { setAfter } from './part.ts';
import { refuseSetTotp, sealTotp, type TotpFacts, totpSecret } from './totp.ts';
import { targetOf } from './update-user.ts';

interface RegisterTotpFacts extends TotpFacts {
  readonly secret: string;
}

/** Base32; told this once. A dry run makes none. */
interface RegisteredTotp {
  readonly secret?: string;
}

/** Makes a secret for an authenticator app, in the place of one that waits for its first code. It counts with that code. */
export const registerTotp: Command<{ readonly user: UserKey }, RegisterTotpFacts | undefined, RegisteredTotp> = {
  name: 'register-totp',

  touches: ({ user }) => ({ users: [user] }),

  async prepare(input, snapshot, context) {
    const { key, user } = targetOf({ ...input, kind: 'human' }, snapshot, context);
    refuseSetTotp(user);
    if (context.dryRun) return undefined;
    const secret = newTotpSecret(context.random);
    return { secret, ...sealTotp(secret, key, context) };
  },

  decide(state, input, facts, context) {
    const { key, user } = targetOf({ ...input, kind: 'human' }, state, context);
    refuseSetTotp(user);
    const pendingAt = setAfter(user.fields['totp.pendingAt'], context.now);
    const next = { key, fields: applyPatch(user.fields, { 'totp.pendingAt': pendingAt }) };
    if (context.dryRun) return { user: next, result: {} };
    if (facts === undefined) throw new StaleFacts();
    return { user: next, writes: { putSecrets: [totpSecret(key, facts)] }, result: { secret: facts.secret } };
  },
};
