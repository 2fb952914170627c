import type { Command } from '#core/command.ts';
import type { Instant } from '#core/instant.ts';
import type { Json } from '#core/json.ts';
import { hashToken, newToken, type Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { machineFor, requireFuture } from './machine.ts';
import type { CreatedToken } from './tokens.ts';

export interface AddAccessTokenInput {
  readonly user: UserKey;
  /** The one dialect that it opens. */
  readonly dialect: string;
  /** For that dialect alone to read. */
  readonly rights: Json;
  readonly expiresAt: Instant;
}

/**
 * Gives a machine a lasting token of one dialect. Unlike a token of the directory it may outlive the one that it is made
 * with: it is a credential of the machine's own, as a key is.
 */
export const addAccessToken: Command<AddAccessTokenInput, { token: string; id: string } | undefined, CreatedToken> = {
  name: 'add-access-token',

  touches: ({ user }) => ({ users: [user] }),

  async prepare({ user, expiresAt }, snapshot, context) {
    requireFuture(expiresAt, context.now);
    machineFor(user, snapshot, context);
    return context.dryRun ? undefined : { token: newToken(context.random), id: context.random.uuid() };
  },

  decide(state, { user, dialect, rights, expiresAt }, made, context) {
    requireFuture(expiresAt, context.now);
    const { key, fields } = machineFor(user, state, context);
    const row: Token = {
      hash: made === undefined ? '' : hashToken(made.token),
      id: made?.id ?? '',
      user: key,
      dialect,
      use: 'access',
      signedIn: false,
      rights,
      createdAt: context.now,
      expiresAt,
    };
    return {
      user: { key, fields },
      ...(made === undefined ? {} : { writes: { putTokens: [row] } }),
      result: made === undefined ? row : { ...row, token: made.token },
    };
  },
};
