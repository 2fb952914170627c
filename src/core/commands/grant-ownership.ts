import type { Command, Context, Writes } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Instant } from '#core/instant.ts';
import { sameJson } from '#core/json.ts';
import { applyPatch } from '#core/patch.ts';
import { notPermitted, userNotFound } from '#core/policies/authorize.ts';
import type { DialectRecord } from '#core/ports.ts';
import type { Token } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';
import { setAfter } from './part.ts';

/** The record that says who owns the directory, by which token, and what the environment said when that was decided. */
export const ownerRecord = { dialect: 'directory', kind: 'setting', id: 'owner' } as const;

const ownerTokenId = 'owner';

export interface Ownership {
  /** The hash of the owner's lasting token. */
  readonly tokenHash: string;
  /** Keyed digests of what the environment gave: what has not changed there is not taken over again. */
  readonly given: Readonly<Record<string, string>>;
  /** Whether what was made up has been shown to whoever started the server. */
  readonly announced: boolean;
  /** Nobody is going to show it. */
  readonly abandoned?: boolean;
  /** Sealed at the first start: opens under the directory's own key alone. */
  readonly check: string;
}

export interface GrantOwnershipInput {
  readonly user: UserKey;
  readonly ownership: Ownership;
  /** Fails with `aborted` / `version_mismatch` when the record stands elsewhere: another process has been quicker. */
  readonly ifRecord?: number;
}

/**
 * Makes a user the owner of the whole directory, by one lasting token. Only the server itself may, at its start. Answers
 * the version of the record.
 */
export const grantOwnership: Command<GrantOwnershipInput, undefined, number> = {
  name: 'grant-ownership',

  touches: ({ user }) => ({ users: [user], records: [ownerRecord], tokenIds: [ownerTokenId] }),

  decide(state, { user: key, ownership, ifRecord }, _facts, { actor, now }: Context) {
    if (actor.kind !== 'system') throw notPermitted();
    const user = state.user(key);
    if (user === undefined) throw userNotFound();
    const former = state.record(ownerRecord.dialect, ownerRecord.kind, ownerRecord.id);
    const version = former?.version ?? 0;
    if (ifRecord !== undefined && ifRecord !== version) throw overtaken();
    const before = former?.doc as Ownership | undefined;
    if (sameJson(before, ownership)) return { user: { key, fields: user.fields }, result: version };
    const isNewToken = before?.tokenHash !== ownership.tokenHash;
    const patch = {
      owner: true,
      ...(isNewToken ? { 'accessToken.setAt': setAfter(user.fields['accessToken.setAt'], now) } : {}),
    };
    const writes = ownershipWrites(user, ownership, { record: former, token: state.tokenById(ownerTokenId) }, now);
    return { user: { key, fields: applyPatch(user.fields, patch) }, writes, result: version + 1 };
  },
};

function overtaken(): DirectoryError {
  return new DirectoryError('aborted', 'Another process has granted the ownership since.', {
    reason: 'version_mismatch',
  });
}

/** The token and the record of an owner; the former token ends, if it is still held. */
export function ownershipWrites(
  { key, realm }: Pick<User, 'key' | 'realm'>,
  ownership: Ownership,
  former: { readonly record?: DialectRecord | undefined; readonly token?: Token | undefined },
  now: Instant,
): Writes {
  const { tokenHash: formerHash } = (former.record?.doc ?? {}) as Partial<Ownership>;
  const version = (former.record?.version ?? 0) + 1;
  const record = { ...ownerRecord, realm, owner: key, version, doc: { ...ownership } };
  if (formerHash === ownership.tokenHash) return { putRecords: [record] };
  const lasting = { dialect: 'directory', use: 'access', signedIn: false, rights: null, createdAt: now } as const;
  return {
    ...(former.token ? { dropTokens: [former.token.hash] } : {}),
    putTokens: [{ ...lasting, hash: ownership.tokenHash, id: ownerTokenId, user: key }],
    putRecords: [record],
  };
}
