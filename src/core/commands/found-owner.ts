import type { Command } from '#core/command.ts';
import { applyPatch } from '#core/patch.ts';
import { notPermitted } from '#core/policies/authorize.ts';
import { createUser } from './create-user.ts';
import { type Ownership, ownershipWrites } from './grant-ownership.ts';
import type { CreateUserInput } from './user-input.ts';
import type { UserFacts } from './user-parts.ts';

/**
 * Makes the first owner of the directory, its token and the record of both in one commit: there is never half of it.
 */
export const foundOwner: Command<CreateUserInput & { readonly ownership: Ownership }, UserFacts, unknown> = {
  ...createUser,
  name: 'found-owner',

  decide(state, input, facts, context) {
    if (context.actor.kind !== 'system') throw notPermitted();
    const decision = createUser.decide(state, input, facts, context);
    const { user, writes } = decision;
    if (user === undefined) throw new Error('create-user decided on no user');
    const fields = applyPatch(user.fields, { owner: true, 'accessToken.setAt': context.now });
    const owning = ownershipWrites({ key: user.key, realm: input.realm }, input.ownership, {}, context.now);
    return { ...decision, user: { ...user, fields }, writes: { ...writes, ...owning } };
  },
};
