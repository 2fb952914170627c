import type { Writes } from '#core/command.ts';
import type { Hasher } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { UserKey } from '#core/user.ts';

/** What checking a password has come to. It holds for this revision of the secret alone. */
export interface PasswordCheck {
  readonly revision: number;
  readonly right: boolean;
  /** The hash to be kept from now on, if the one that it was right for is not as good as those made here. */
  readonly renewed?: string;
}

export async function verifyPassword(
  { revision, doc }: Secret<'password'>,
  plain: string,
  hasher: Hasher,
): Promise<PasswordCheck> {
  const right = await hasher.verify(doc.hash, plain);
  const renewed = right ? await hasher.renew(doc.hash, plain) : undefined;
  return { revision, right, ...(renewed === undefined ? {} : { renewed }) };
}

/**
 * Keeps the better hash. It is of the same password, so the revision stays: what others have proved against it holds,
 * and two who do this at once do no harm.
 */
export function keepRenewed(user: UserKey, { revision, renewed }: PasswordCheck): Pick<Writes, 'putSecrets'> {
  if (renewed === undefined) return {};
  return { putSecrets: [{ user, name: 'password', revision, doc: { hash: renewed } }] };
}
