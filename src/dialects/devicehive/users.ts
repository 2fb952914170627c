import type { Actor, Via } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import { reviseUser } from '#core/commands/revise-user.ts';
import type { User, UserKey } from '#core/user.ts';
import { isAdministrator, requireAdministrator } from './auth.ts';
import type { Answer, Call, Handler, Services } from './call.ts';
import { decodeInsert, decodeUpdate, readUser, readUserId, refuseAdministration, type UserMembers } from './decode.ts';
import { encodeCreated, encodeUser } from './encode.ts';
import { Refusal, refusals, wording } from './errors.ts';
import { permits, rightsOf } from './rights.ts';

/** `user/get`: an administrator sees everybody, others themselves alone. */
export const getUser: Handler = async ({ params, via }, services, actor) => {
  const id = readUserId(params);
  const key = await services.directory.resolve('devicehive', String(id));
  if (key !== actor.user && !isAdministrator(actor)) throw refusals.userHidden(id);
  return shownWhole(await findUser(id, actor, services, via));
};

export const getCurrentUser: Handler = async ({ via }, services, actor) => {
  return shownWhole(await services.directory.as(actor, via).get(currentUser(actor)));
};

export const insertUser: Handler = async ({ params, via, options }, { directory }, actor) => {
  requireAdministrator(actor);
  const input = decodeInsert(readUser(params), actor.realm);
  const { user } = await directory.as(actor, via).run(createUser, input, options);
  if (user === undefined) throw new Error('create-user has answered no user');
  return { shown: encodeCreated(user), version: user.version };
};

/** `user/update`: of oneself (by id or as `current`) with UpdateCurrentUser or ManageUser, of others as an administrator. */
export const updateAnyUser: Handler = async (call, services, actor) => {
  const { params } = call;
  const members = readUser(params);
  if (params.userId === 'current') return update(members, currentUser(actor), call, services, actor);
  const id = readUserId(params);
  const key = await services.directory.resolve('devicehive', String(id));
  if (key === undefined || key !== actor.user) {
    requireAdministrator(actor);
    if (!permits(rightsOf(actor), 'ManageUser')) throw refusals.accessDenied();
  }
  if (key === undefined) throw refusals.userNotFound(id);
  return wording(update(members, key, call, services, actor), { user_not_found: refusals.userNotFound(id) });
};

export const updateCurrentUser: Handler = async (call, services, actor) =>
  update(readUser(call.params), currentUser(actor), call, services, actor);

export const deleteAnyUser: Handler = async ({ params, via, options }, services, actor) => {
  const id = readUserId(params);
  const key = await services.directory.resolve('devicehive', String(id));
  if (key !== undefined && key === actor.user) {
    throw new Refusal(403, 'You can not delete a user or access key that you use to authenticate this request');
  }
  requireAdministrator(actor);
  if (key === undefined) throw refusals.userNotFound(id);
  const deleted = services.directory.as(actor, via).run(deleteUser, { user: key }, options);
  await wording(deleted, { user_not_found: refusals.userNotFound(id) });
  return {};
};

/** The user of this id, as the caller may see it. */
export async function findUser(id: number, actor: Actor, { directory }: Services, via: Via): Promise<User> {
  const notFound = refusals.userNotFound(id);
  return wording(directory.as(actor, via).getBy('devicehive', String(id)), { user_not_found: notFound });
}

async function update(
  members: UserMembers,
  key: UserKey,
  { via, options }: Call,
  { directory }: Services,
  actor: Actor,
): Promise<Answer> {
  if (!isAdministrator(actor)) refuseAdministration(members);
  const input = {
    user: key,
    names: typeof members.login === 'string' ? [members.login.trim()] : [],
    revise: (user: User) => decodeUpdate(members, user),
  };
  const { user } = await directory.as(actor, via).run(reviseUser, input, options);
  return { version: user?.version };
}

function shownWhole(user: User): Answer {
  return { shown: encodeUser(user), version: user.version };
}

function currentUser(actor: Actor): UserKey {
  if (actor.user === undefined) throw refusals.noCurrentUser();
  return actor.user;
}
