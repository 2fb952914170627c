import { clientRecord, findClient } from '#core/client.ts';
import type { Command, State } from '#core/command.ts';
import { refuseInactive, tokenInvalid } from '#core/current-actor.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Instant } from '#core/instant.ts';
import { findKey, keyRecord, type MachineKey } from '#core/machine-key.ts';
import { requireUnlimited } from '#core/permissions.ts';
import { secretCredential } from '#core/policies/machine-credentials.ts';
import type { Token } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';

/** The revision of a machine's client secret, or one of its keys. */
export type MachineProof = { readonly secretRevision: number } | { readonly key: Pick<MachineKey, 'dialect' | 'id'> };

export interface IssueTokensInput {
  /** Whom they stand for; absent: the client itself. */
  readonly user?: {
    readonly key: UserKey;
    /** When the password was set that the user proved; tokens that came of a sign-in do not outlive it. */
    readonly passwordSetAt?: Instant | undefined;
    /** What a machine has proved itself by: tokens do not outlive it. */
    readonly proof?: MachineProof | undefined;
  };
  /** The client that gets them. */
  readonly client?: { readonly dialect: string; readonly id: string };
  /** The hash of the token whose place they take: it ends with this commit, and must not have ended before. */
  readonly replaces?: string;
  /** The hash of the token that they come of, which stays: it must not have ended. */
  readonly from?: string;
  readonly tokens: readonly Omit<Token, 'user' | 'client' | 'credential' | 'createdAt'>[];
}

/** Makes tokens valid for a user who is active, for a client, or for a user who came by a client. */
export const issueTokens: Command<IssueTokensInput, undefined, undefined> = {
  name: 'issue-tokens',

  touches: ({ user, client, tokens, replaces, from }) => ({
    ...(user ? { users: [user.key] } : {}),
    ...(user?.proof ? { secretsOf: [user.key] } : {}),
    records: [
      ...(client ? [clientRecord(client.dialect, client.id)] : []),
      ...(user?.proof && 'key' in user.proof ? [keyRecord(user.proof.key.dialect, user.proof.key.id)] : []),
    ],
    tokens: [...tokens.map(({ hash }) => hash), replaces, from].filter((hash) => hash !== undefined),
  }),

  decide(state, input, _facts, { actor, now }) {
    // Only the directory's own tokens can be limited: another would be a way out of the limits.
    requireUnlimited(actor);
    const { client, tokens, replaces, from } = input;
    if ([replaces, from].some((hash) => hash !== undefined && !state.token(hash))) throw tokenInvalid();
    if (client && findClient(state, client.dialect, client.id) === undefined) throw tokenInvalid();
    const user = input.user && provenUser(state, input.user, tokens);
    if (user === undefined && client === undefined) throw tokenInvalid();
    if (tokens.some(({ hash }) => state.token(hash))) {
      throw new DirectoryError('already_exists', 'This token has been issued before.', { reason: 'id_taken' });
    }
    const proof = input.user?.proof;
    const holder = {
      ...(user ? { user: user.key } : {}),
      ...(client ? { client: client.id } : {}),
      ...(proof ? { credential: 'key' in proof ? proof.key.id : secretCredential } : {}),
    };
    const putTokens = tokens.map((token) => ({ ...token, ...holder, createdAt: now }));
    return {
      ...(user ? { user: { key: user.key, fields: user.fields } } : {}),
      writes: { putTokens, ...(replaces === undefined ? {} : { dropTokens: [replaces] }) },
      result: undefined,
    };
  },
};

function provenUser(
  state: State,
  { key, passwordSetAt, proof }: NonNullable<IssueTokensInput['user']>,
  tokens: IssueTokensInput['tokens'],
): User {
  const user = state.user(key);
  if (user === undefined) throw tokenInvalid();
  refuseInactive(user);
  const moved = passwordSetAt !== undefined && user.fields['password.setAt'] !== passwordSetAt;
  if (moved && tokens.some(({ signedIn }) => signedIn)) throw tokenInvalid();
  if (proof && !holds(proof, state, key)) throw tokenInvalid();
  return user;
}

function holds(proof: MachineProof, state: State, user: UserKey): boolean {
  if ('key' in proof) return findKey(state, proof.key.dialect, proof.key.id, user) !== undefined;
  return state.secret(user, 'clientSecret')?.revision === proof.secretRevision;
}
