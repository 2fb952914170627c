import type { Command } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Instant } from '#core/instant.ts';
import { coversPermissions, type Permission, requirePermission } from '#core/permissions.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { targetOf } from './update-user.ts';

export interface CreateTokenInput {
  readonly user: UserKey;
  /** The hash of the token, which nobody but its maker sees. */
  readonly hash: string;
  readonly id: string;
  /** Absent: all that the user may. */
  readonly permissions?: readonly Permission[];
  readonly expiresAt?: Instant;
}

/** Makes a lasting token of the directory for a user, with no more rights than its maker has. */
export const createToken: Command<CreateTokenInput, undefined, Token> = {
  name: 'create-token',

  touches: ({ user, hash }) => ({ users: [user], tokens: [hash] }),

  decide(state, input, _facts, context) {
    const { actor, now, via } = context;
    requirePermission(actor, 'tokens.write');
    const { user } = targetOf(input, state, context);
    const { hash, id, permissions, expiresAt } = input;
    if (!coversPermissions(actor, permissions)) throw notPermitted('permissions');
    // A token for somebody else is that user's whole voice: only who administers it may have it made.
    if (actor.user !== user.key && !mayAdminister(actor, user, via.dialect)) throw notPermitted();
    const rights = permissions === undefined ? null : { permissions: [...permissions] };
    const lasting = { dialect: 'directory', use: 'access', signedIn: false, createdAt: now } as const;
    const token = { hash, id, user: user.key, ...lasting, rights, ...(expiresAt === undefined ? {} : { expiresAt }) };
    return { user: { key: user.key, fields: user.fields }, writes: { putTokens: [token] }, result: token };
  },
};

/** Ends a token, whichever dialect issued it. A user ends its own, an administrator those of its users. */
export const revokeToken: Command<{ readonly id: string; readonly user?: UserKey }, undefined, undefined> = {
  name: 'revoke-token',

  touches: ({ id, user }) => ({ tokenIds: [id], ...(user === undefined ? {} : { users: [user] }) }),

  decide(state, { id }, _facts, context) {
    requirePermission(context.actor, 'tokens.write');
    const token = state.tokenById(id);
    if (token?.user === undefined || state.user(token.user) === undefined) throw tokenNotFound();
    targetOf({ user: token.user }, state, context);
    return { writes: { dropTokens: [token.hash] }, result: undefined };
  },
};

export function tokenNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'There is no such token.', { reason: 'token_not_found' });
}
