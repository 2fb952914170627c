import type { Command, Context, Decision, State } from '#core/command.ts';
import { DirectoryError } from '#core/errors.ts';
import { claimNames } from '#core/held-names.ts';
import { applyPatch } from '#core/patch.ts';
import { authorizeUpdate, userNotFound } from '#core/policies/authorize.ts';
import { isWithin } from '#core/user.ts';
import { touchesMetadata } from './metadata.ts';
import { sumOf } from './part.ts';
import type { IssuedCodes, UpdateUserInput } from './user-input.ts';
import {
  claimedNames,
  decideParts,
  needsPreparing,
  prepareParts,
  type Target,
  touchesSecrets,
  type UserFacts,
} from './user-parts.ts';

/** Changes anything of one user in one change. */
export const updateUser: Command<UpdateUserInput, UserFacts, IssuedCodes> = {
  name: 'update-user',

  touches: (input) => ({
    users: [input.user],
    only: { kind: input.kind, realm: input.realm },
    names: claimedNames(input),
    ...touchesSecrets(input, input.user),
    ...touchesMetadata(input.metadata, input.user),
  }),

  needsPreparing,

  async prepare(input, snapshot, context) {
    return await prepareParts(input, targetOf(input, snapshot, context), snapshot, context);
  },

  decide(state, input, facts = {}, context): Decision<IssuedCodes> {
    const target = targetOf(input, state, context);
    const { key, user } = target;
    const parts = decideParts(input, target, facts, state, context);
    const refused = parts.find(({ refusal }) => refusal);
    const { patch, metadata, writes, codes, vouchesFor } = sumOf(refused ? [refused] : parts);
    const fields = applyPatch(user.fields, patch);
    // A name that is taken is told before the rights to single fields are looked at.
    claimNames(state, key, user.fields, fields);
    return {
      user: { key, fields, metadata },
      writes,
      vouchesFor,
      result: codes,
      ...(refused?.refusal ? { refusal: refused.refusal } : {}),
    };
  },
};

/** The user, if there is such a one and the caller may change it. */
export function targetOf(
  input: Pick<UpdateUserInput, 'user' | 'kind' | 'realm' | 'initialized'>,
  state: State,
  { actor, via }: Context,
): Target & { user: NonNullable<Target['user']> } {
  const user = state.user(input.user);
  const realm = user && state.realm(user.realm);
  if (!user || !realm || user.fields.lifecycle === 'deleted' || !isWithin(input, user)) throw userNotFound();
  authorizeUpdate(actor, user, via);
  if (input.initialized && user.fields.lifecycle === 'initial') {
    throw new DirectoryError('failed_precondition', 'The user is not active yet.', { reason: 'user_initial' });
  }
  return { key: user.key, ids: user.ids, realm, user };
}
