import type { Actor, Via } from '#core/actor.ts';
import { clientRecord, findClient } from '#core/client.ts';
import type { Command, Context, State } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { type Instant, isInstant } from '#core/instant.ts';
import { grantable, type Permission, requirePermission } from '#core/permissions.ts';
import { authorizeOver, mayAdminister, notPermitted, userNotFound } from '#core/policies/authorize.ts';
import { hashToken, newToken, type Token } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';
import { authorizeClients } from './clients.ts';

export interface CreateTokenInput {
  readonly user: UserKey;
  /** Absent: all that the token allows with which it is made. */
  readonly permissions?: readonly Permission[];
  /** Absent: when that token ends, and if that one never does, not before it is revoked. */
  readonly expiresAt?: Instant;
}

/** A token's row; without hash and id in a dry run. */
export interface CreatedToken extends Token {
  /** The token itself, this once. Absent in a dry run. */
  readonly token?: string;
}

/**
 * Makes a lasting token of the directory for a user: with no more rights than the token has that it is made with, for
 * no longer, and for nobody who administers more.
 */
export const createToken: Command<CreateTokenInput, { token: string; id: string } | undefined, CreatedToken> = {
  name: 'create-token',

  touches: ({ user }) => ({ users: [user] }),

  async prepare(input, snapshot, context) {
    authorizeToken(input, snapshot, context);
    return context.dryRun ? undefined : { token: newToken(context.random), id: context.random.uuid() };
  },

  decide(state, input, made, context) {
    const { actor, now } = context;
    const user = authorizeToken(input, state, context);
    const granted = grantable(actor, input.permissions);
    const expiresAt = expiryOf(input, state, context);
    const row: Token = {
      hash: made === undefined ? '' : hashToken(made.token),
      id: made?.id ?? '',
      user: user.key,
      dialect: 'directory',
      use: 'access',
      signedIn: actor.token?.signedIn ?? false,
      rights: granted === undefined ? null : { permissions: [...granted] },
      createdAt: now,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    return {
      user: { key: user.key, fields: user.fields },
      ...(made === undefined ? {} : { writes: { putTokens: [row] } }),
      result: made === undefined ? row : { ...row, token: made.token },
    };
  },
};

/** Whose token it is: the user's, or else the client's that got it for itself. */
export interface Holder {
  readonly user?: UserKey;
  readonly client?: { readonly dialect: string; readonly id: string };
}

export interface RevokeTokenInput {
  readonly id: string;
  readonly holder?: Holder;
  /** Only a lasting one of this user and this dialect; any other is not found. */
  readonly lastingOf?: { readonly user: UserKey; readonly dialect: string };
}

/** Ends a token, whichever dialect issued it, and answers when. A user ends its own, an administrator those of its users and clients. */
export const revokeToken: Command<RevokeTokenInput, undefined, Instant> = {
  name: 'revoke-token',

  touches: ({ id, holder: { user, client } = {} }) => ({
    tokenIds: [id],
    ...(user === undefined ? {} : { users: [user] }),
    ...(client ? { records: [clientRecord(client.dialect, client.id)] } : {}),
  }),

  decide(state, { id, lastingOf }, _facts, { actor, via, now }) {
    requirePermission(actor, 'tokens.write');
    const token = state.tokenById(id);
    if (token === undefined || (lastingOf && !isLastingOf(token, lastingOf))) throw tokenNotFound();
    authorizeEnd(token, state, actor, via);
    return { writes: { dropTokens: [token.hash] }, result: now };
  },
};

function isLastingOf(token: Token, { user, dialect }: NonNullable<RevokeTokenInput['lastingOf']>): boolean {
  return token.user === user && token.dialect === dialect && token.use === 'access' && !token.signedIn;
}

export function tokenNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'There is no such token.', { reason: 'token_not_found' });
}

/** The user for whom the actor may make a token. */
function authorizeToken({ user: key }: CreateTokenInput, state: State, { actor, via }: Context): User {
  requirePermission(actor, 'tokens.write');
  const user = state.user(key);
  if (user === undefined || user.fields.lifecycle === 'deleted') throw userNotFound();
  authorizeOver(actor, user, via);
  // A token for somebody else is that user's whole voice: only who administers it may have it made.
  if (actor.user !== user.key && !mayAdminister(actor, user, via.dialect)) throw notPermitted();
  return user;
}

/** When the token ends: in the future, and not after the one that it is made with. */
function expiryOf({ expiresAt }: CreateTokenInput, state: State, { actor, now }: Context): Instant | undefined {
  const most = actor.token && state.token(actor.token.hash)?.expiresAt;
  if (expiresAt === undefined) return most;
  if (!isInstant(expiresAt) || expiresAt <= now) {
    throw invalidField('expiresAt', 'expiresAt must be a moment to come, such as 2030-01-31T00:00:00.000Z.');
  }
  if (most === undefined || expiresAt <= most) return expiresAt;
  throw new DirectoryError('permission_denied', `A token made with one that ends at ${most} must not outlive it.`, {
    reason: 'not_permitted',
    field: 'expiresAt',
  });
}

function authorizeEnd(token: Token, state: State, actor: Actor, via: Via): void {
  const user = token.user === undefined ? undefined : state.user(token.user);
  const client = findClient(state, token.dialect, token.client ?? '');
  if (user) authorizeOver(actor, user, via);
  else if (token.user === undefined && client) authorizeClients(actor, client, 'tokens.write');
  else throw tokenNotFound();
}
