import { type Context, type PrepareContext, StaleFacts } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { normaliseTotpSecret } from '#core/policies/totp-rules.ts';
import type { Secret } from '#core/secret.ts';
import type { User, UserKey } from '#core/user.ts';
import { freshRevision, type Part, setAfter } from './part.ts';

/** A sealed secret that `prepare` has made. */
export interface TotpFacts {
  readonly sealed: string;
  readonly revision: number;
}

/** What a user's TOTP secret is sealed for. */
export function totpPurpose(user: UserKey): string {
  return `totp/${user}`;
}

export function sealTotp(secret: string, user: UserKey, { sealer, random }: PrepareContext): TotpFacts {
  return { sealed: sealer.seal(secret, totpPurpose(user)), revision: freshRevision(random) };
}

export function totpSecret(user: UserKey, { sealed, revision }: TotpFacts): Secret<'totp'> {
  return { user, name: 'totp', revision, doc: { sealed, failedAttempts: 0 } };
}

/** Takes over a secret from elsewhere. */
export function prepareTotp(input: { readonly secret: string }, user: UserKey, context: PrepareContext): TotpFacts {
  return sealTotp(normaliseTotpSecret(input.secret), user, context);
}

export function decideTotp(facts: TotpFacts | undefined, key: UserKey, user: User | undefined, context: Context): Part {
  const setAt = setAfter(user?.fields['totp.setAt'], context.now);
  const patch = { 'totp.pendingAt': null, 'totp.setAt': setAt };
  if (context.dryRun) return { patch };
  if (facts === undefined) throw new StaleFacts();
  return { patch, writes: { putSecrets: [totpSecret(key, facts)] } };
}

/** Refuses for a user whose authenticator app works already. */
export function refuseSetTotp({ fields }: User): void {
  if (fields['totp.setAt'] === undefined) return;
  throw new DirectoryError('failed_precondition', 'The user has an authenticator app already: remove it first.', {
    reason: 'totp_already_set',
  });
}

export function totpNotSet(): DirectoryError {
  return new DirectoryError('failed_precondition', 'The user has registered no authenticator app.', {
    reason: 'totp_not_set',
  });
}
