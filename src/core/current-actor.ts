import type { Actor } from './actor.ts';
import { type Client, clientRecord, findClient } from './client.ts';
import type { State, Touches } from './command.ts';
import { DirectoryError } from './errors.ts';
import { stateOf, type User } from './user.ts';

/** What must be loaded to see whether an actor still may act. */
export function touchesOfActor({ user, token }: Actor): Touches {
  const client = token?.client && clientRecord(token.client.dialect, token.client.id);
  return {
    ...(user === undefined ? {} : { users: [user] }),
    ...(token ? { tokens: [token.hash] } : {}),
    ...(client ? { records: [client] } : {}),
  };
}

/**
 * The actor with the rights that it has now. Its token may have been revoked, and its user locked or demoted, since the
 * call came in: then it is refused as if it had come in later.
 */
export function currentActor(actor: Actor, state: State): Actor {
  const { token } = actor;
  if (token && state.token(token.hash) === undefined) throw tokenInvalid();
  if (token?.client && findClient(state, token.client.dialect, token.client.id) === undefined) throw tokenInvalid();
  if (actor.user === undefined) return actor;
  const user = state.user(actor.user);
  if (user === undefined) throw tokenInvalid();
  refuseInactive(user);
  return actorOf(user, actor.token);
}

/** The actor that a client is by itself: it administers its realm through its own dialect. */
export function actorOfClient({ guid, name, realm, dialect }: Client, token: NonNullable<Actor['token']>): Actor {
  return { kind: 'client', id: guid, username: name, realm, owner: false, administers: [dialect], token };
}

/** The actor that a user is. */
export function actorOf(user: User, token?: Actor['token']): Actor {
  return {
    kind: 'user',
    id: user.ids.directory ?? '',
    username: user.fields.username ?? '',
    user: user.key,
    ids: user.ids,
    realm: user.realm,
    owner: user.fields.owner === true,
    administers: user.fields.administers ?? [],
    ...(token ? { token } : {}),
  };
}

/** Refuses, as unauthenticated, a user who is not active: such a one may do nothing. */
export function refuseInactive(user: User): void {
  const why = inactivityOf(user);
  if (why) throw why;
}

/** Why a user may do nothing; undefined for one who is active. */
export function inactivityOf(user: User): DirectoryError | undefined {
  const state = stateOf(user);
  if (state === 'locked') return inactive('user_locked', 'This user is locked.');
  if (state === 'disabled') return inactive('user_disabled', 'This user is disabled.');
  return state === 'active' ? undefined : tokenInvalid();
}

export function tokenInvalid(): DirectoryError {
  return new DirectoryError('unauthenticated', 'The token is not valid.', { reason: 'token_invalid' });
}

function inactive(reason: 'user_locked' | 'user_disabled', message: string): DirectoryError {
  return new DirectoryError('unauthenticated', message, { reason });
}
