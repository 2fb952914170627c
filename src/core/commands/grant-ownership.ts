import type { Command } from '#core/command.ts';
import { applyPatch } from '#core/patch.ts';
import { notPermitted, userNotFound } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';

/** The record that says who owns the directory, and by which token. */
export const ownerRecord = { dialect: 'directory', kind: 'setting', id: 'owner' } as const;

export interface GrantOwnershipInput {
  readonly user: UserKey;
  /** The hash of the token that the owner is to have; the former one ends. */
  readonly tokenHash: string;
}

/** Makes a user the owner of the whole directory, with one lasting token. Only the server itself may, at its start. */
export const grantOwnership: Command<GrantOwnershipInput, undefined, undefined> = {
  name: 'grant-ownership',

  touches: ({ user }) => ({ users: [user], records: [ownerRecord] }),

  decide(state, { user: key, tokenHash }, _facts, { actor, now }) {
    if (actor.kind !== 'system') throw notPermitted();
    const user = state.user(key);
    if (user === undefined) throw userNotFound();
    const former = state.record(ownerRecord.dialect, ownerRecord.kind, ownerRecord.id);
    const { tokenHash: formerHash } = (former?.doc ?? {}) as { tokenHash?: string };
    if (formerHash === tokenHash) return { user: { key, fields: user.fields }, result: undefined };
    const doc = { user: key, tokenHash };
    const token = {
      hash: tokenHash,
      id: 'owner',
      user: key,
      dialect: 'directory',
      use: 'access',
      createdAt: now,
    } as const;
    return {
      user: { key, fields: applyPatch(user.fields, { owner: true, 'accessToken.setAt': now }) },
      writes: {
        ...(formerHash === undefined ? {} : { dropTokens: [formerHash] }),
        putTokens: [{ ...token, signedIn: false, rights: null }],
        putRecords: [{ ...ownerRecord, realm: user.realm, owner: key, version: (former?.version ?? 0) + 1, doc }],
      },
      result: undefined,
    };
  },
};
