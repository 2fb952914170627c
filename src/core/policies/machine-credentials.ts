import type { UserKey } from '#core/user.ts';

/** What tokens that came of a client secret name as their credential; of a key it is the key's id. */
export const secretCredential = 'secret';

export function clientSecretPurpose(user: UserKey): string {
  return `client-secret/${user}`;
}
