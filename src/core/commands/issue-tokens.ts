import type { Command } from '#core/command.ts';
import { refuseInactive, tokenInvalid } from '#core/current-actor.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Instant } from '#core/instant.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';

export interface IssueTokensInput {
  readonly user: UserKey;
  /** When the password was set that the user proved; tokens that came of a sign-in do not outlive it. */
  readonly passwordSetAt?: Instant | undefined;
  readonly tokens: readonly Omit<Token, 'user' | 'createdAt'>[];
}

/** Makes tokens valid for a user who is active. */
export const issueTokens: Command<IssueTokensInput, undefined, undefined> = {
  name: 'issue-tokens',

  touches: ({ user, tokens }) => ({ users: [user], tokens: tokens.map(({ hash }) => hash) }),

  decide(state, input, _facts, { now }) {
    const user = state.user(input.user);
    if (user === undefined) throw tokenInvalid();
    refuseInactive(user);
    const { passwordSetAt } = input;
    const moved = passwordSetAt !== undefined && user.fields['password.setAt'] !== passwordSetAt;
    if (moved && input.tokens.some(({ signedIn }) => signedIn)) throw tokenInvalid();
    if (input.tokens.some(({ hash }) => state.token(hash))) {
      throw new DirectoryError('already_exists', 'This token has been issued before.', { reason: 'id_taken' });
    }
    const putTokens = input.tokens.map((token) => ({ ...token, user: user.key, createdAt: now }));
    return { user: { key: user.key, fields: user.fields }, writes: { putTokens }, result: undefined };
  },
};
