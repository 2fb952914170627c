import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { applyPatch } from '#core/patch.ts';
import { clientSecretPurpose, secretCredential } from '#core/policies/machine-credentials.ts';
import type { UserKey } from '#core/user.ts';
import { machineFor } from './machine.ts';
import { setAfter } from './part.ts';

interface MadeSecret {
  readonly secret: string;
  readonly mac: string;
  /** Never used before, also when there has been none in between. */
  readonly revision: number;
}

/** Gives a machine a client secret, in the place of the one that it had: what that has got ends with it. */
export const addClientSecret: Command<{ readonly user: UserKey }, MadeSecret | undefined, { secret?: string }> = {
  name: 'add-client-secret',

  touches: ({ user }) => ({ users: [user] }),

  async prepare({ user }, snapshot, context) {
    machineFor(user, snapshot, context);
    if (context.dryRun) return undefined;
    const { random, sealer } = context;
    const secret = Buffer.from(random.bytes(32)).toString('base64url');
    const revision = 1 + Buffer.from(random.bytes(6)).readUIntBE(0, 6);
    return { secret, mac: sealer.macs(secret, clientSecretPurpose(user))[0], revision };
  },

  decide(state, { user: key }, made, context) {
    const { fields } = machineFor(key, state, context);
    const setAt = setAfter(fields['clientSecret.setAt'], context.now);
    const user = { key, fields: applyPatch(fields, { 'clientSecret.setAt': setAt }) };
    if (made === undefined) return { user, result: {} };
    const { secret, mac, revision } = made;
    const putSecrets = [{ user: key, name: 'clientSecret' as const, revision, doc: { mac } }];
    return { user, writes: { putSecrets, dropTokensOf: tokensBySecret(key) }, result: { secret } };
  },
};

/** Takes the client secret away, and what it has got. */
export const removeClientSecret: Command<{ readonly user: UserKey }, undefined, undefined> = {
  name: 'remove-client-secret',

  touches: ({ user }) => ({ users: [user] }),

  decide(state, { user: key }, _facts, context) {
    const { fields } = machineFor(key, state, context);
    if (fields['clientSecret.setAt'] === undefined) {
      throw new DirectoryError('failed_precondition', 'This machine has no client secret.', {
        reason: 'client_secret_not_set',
      });
    }
    const dropSecrets = [{ user: key, name: 'clientSecret' as const }];
    return {
      user: { key, fields: applyPatch(fields, { 'clientSecret.setAt': null }) },
      writes: { dropSecrets, dropTokensOf: tokensBySecret(key) },
      result: undefined,
    };
  },
};

function tokensBySecret(user: UserKey) {
  return { user, which: { credential: secretCredential } } as const;
}
