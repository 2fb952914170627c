import type { Command, Context, Decision, NewIdentity, State } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { claimNames } from '#core/held-names.ts';
import { isNameable } from '#core/identities.ts';
import { applyPatch, type UserPatch } from '#core/patch.ts';
import { requirePermission } from '#core/permissions.ts';
import { administersVia, notPermitted } from '#core/policies/authorize.ts';
import { sumOf } from './part.ts';
import type { CreateUserInput, IssuedCodes } from './user-input.ts';
import { claimedNames, decideParts, needsPreparing, prepareParts, type Target, type UserFacts } from './user-parts.ts';

/** Adds a user, with an id in every dialect from the start. */
export const createUser: Command<CreateUserInput, UserFacts, IssuedCodes> = {
  name: 'create-user',

  touches: (input, { newUser }) => ({
    realms: [input.realm],
    names: claimedNames(named(input, newUser)),
    ids: Object.entries(input.ids ?? {}).map(([dialect, value]) => ({ dialect, value })),
    createsUser: true,
  }),

  needsPreparing,

  async prepare(given, snapshot, context) {
    const input = named(given, context.newUser);
    const target = newTarget(input, snapshot, context);
    claimNames(snapshot, target.key, {}, { username: input.patch?.username ?? '' });
    return await prepareParts(input, target, snapshot, context);
  },

  decide(state, given, facts = {}, context): Decision<IssuedCodes> {
    const input = named(given, context.newUser);
    const target = newTarget(input, state, context);
    const sum = sumOf(decideParts(input, target, facts, state, context));
    const { patch, metadata, codes, vouchesFor } = sum;
    // Whoever is new has no secret that could be dropped.
    const { dropSecrets: _, ...writes } = sum.writes;
    const start: UserPatch = { lifecycle: input.lifecycle ?? 'active', registeredAt: context.now };
    const fields = applyPatch({}, { ...start, ...patch });
    claimNames(state, target.key, {}, fields);
    const created = { realm: input.realm, kind: input.kind, ids: target.ids };
    return { user: { key: target.key, fields, created, metadata }, writes, vouchesFor, result: codes };
  },
};

/** The input with the username that it leaves to the id. */
function named(input: CreateUserInput, newUser: NewIdentity | undefined): CreateUserInput {
  if (input.namedByIdIn === undefined || input.patch?.username !== undefined) return input;
  const username = input.ids?.[input.namedByIdIn] ?? newUser?.ids[input.namedByIdIn];
  return username === undefined ? input : { ...input, patch: { ...input.patch, username } };
}

function newTarget(input: CreateUserInput, state: State, { actor, via, newUser }: Context): Target {
  const realm = state.realm(input.realm);
  if (newUser === undefined) throw new Error('create-user was given no identity for the new user');
  requirePermission(actor, 'users.write');
  const mayCreate = actor.owner || (actor.realm === input.realm && administersVia(actor, via.dialect));
  if (!mayCreate) throw notPermitted();
  if (realm === undefined) {
    throw new DirectoryError('not_found', 'There is no such realm.', { reason: 'realm_not_found' });
  }
  if (input.patch?.username === undefined) throw invalidField('username', 'A user needs a username.', 'field_required');
  for (const [dialect, id] of Object.entries(input.ids ?? {})) checkGivenId(dialect, id, state);
  return { key: newUser.key, ids: { ...newUser.ids, ...input.ids }, realm, user: undefined };
}

function checkGivenId(dialect: string, id: string, state: State): void {
  if (!isNameable(id)) {
    throw invalidField('id', 'A given id must have 1 to 200 visible ASCII characters, and more than dots.');
  }
  if (state.holderOfId(dialect, id) === undefined) return;
  throw new DirectoryError('failed_precondition', 'This id is, or was, the id of another user.', {
    reason: 'id_taken',
    field: 'id',
  });
}
