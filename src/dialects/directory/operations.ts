import type { FastifyReply, FastifyRequest } from 'fastify';
import { createUser } from '#core/commands/create-user.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { Realm, RealmKey } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import type { Dialect } from '#dialects/dialect.ts';
import { etag } from '#transport/options.ts';
import { type Call, keyInPath, numberIn, optionsOf, parameter, shownUser, userOf } from './call.ts';
import { decodeBody } from './decode/body.ts';
import { decodeFilter } from './decode/filter.ts';
import { decodeIds } from './decode/ids.ts';
import { shapes } from './decode/shapes.ts';
import { reviseDirectoryUser } from './decode/update.ts';
import { decodeNewUser, namesIn, type Surroundings } from './decode/user.ts';
import { encodeChange } from './encode/change.ts';
import { numberingOf } from './encode/ids.ts';
import { encodeLanguages } from './encode/languages.ts';
import { encodeMessage } from './encode/message.ts';
import { realmKeyOf } from './realms.ts';

const maxUsers = 1000;
const maxMessages = 1000;
const maxChanges = 1000;

export async function createUserOperation(call: Call): Promise<FastifyReply> {
  const { actor, host, request, reply } = call;
  const body = userBodyOf(request);
  const { realm: named } = request.query as { realm?: unknown };
  const realm = named === undefined ? actor.realm : await realmKeyOf(call, String(named));
  const { ids, kind, lifecycle, ...input } = decodeNewUser(body, await surroundings(call, realm));
  const outcome = await call.directory.run(
    createUser,
    { ...input, realm, kind, lifecycle, ids: decodeIds(ids, host.dialects) },
    optionsOf(call),
  );
  const user = userOf(outcome);
  return answerUser(call, user, reply.code(201).header('location', `/directory/v1/users/${user.ids['directory']}`));
}

export async function getUserOperation(call: Call): Promise<FastifyReply> {
  return answerUser(call, await call.directory.get(await keyInPath(call)), call.reply);
}

export async function updateUserOperation(call: Call): Promise<FastifyReply> {
  const { directory, request, reply, host } = call;
  const body = userBodyOf(request);
  const input = {
    user: await keyInPath(call),
    names: namesIn(body),
    sent: { body, dialects: host.dialects.map(numberingOf) },
  };
  const outcome = await directory.run(reviseDirectoryUser, input, optionsOf(call));
  return answerUser(call, userOf(outcome), reply);
}

export async function deleteUserOperation(call: Call): Promise<FastifyReply> {
  await call.directory.run(deleteUser, { user: await keyInPath(call) }, optionsOf(call));
  return call.reply.code(204).send();
}

export async function getChangesOperation(call: Call): Promise<FastifyReply> {
  const page = { after: numberIn(call, 'after', 0, 0), limit: numberIn(call, 'limit', 1, maxChanges) };
  const changes = await call.directory.changesOf(await keyInPath(call), page);
  return call.reply.send({ changes: changes.map(encodeChange) });
}

export async function getUserAsOperation(call: Call): Promise<FastifyReply> {
  const name = parameter(call, 'dialect');
  const dialect = call.host.dialects.find((served) => served.name === name);
  if (dialect === undefined) {
    throw new DirectoryError('not_found', `No dialect ${name} is served.`, { reason: 'route_not_found' });
  }
  const user = await call.directory.get(await keyInPath(call));
  const realm = await call.host.directory.realm(user.realm);
  return call.reply.header('etag', etag(user.version)).send(dialect.show(user, realm, call.host.dialects));
}

/** Checked here, so that the thread that writes loads nothing that checks it. */
function userBodyOf({ body, headers }: FastifyRequest): JsonObject {
  const read = decodeBody(body, headers['content-type']);
  shapes().checkUserBody(read);
  return read;
}

/** Users that the caller may see, in order of creation. */
export async function listUsersOperation(call: Call): Promise<FastifyReply> {
  const filter = decodeFilter(call.request.query as Record<string, unknown>);
  const page = { offset: numberIn(call, 'offset', 0, 0), limit: numberIn(call, 'limit', 1, maxUsers) };
  const { users, hasMore } = await call.directory.find(filter, page);
  return call.reply.send({ users: await Promise.all(users.map((user) => shownUser(call, user))), hasMore });
}

export async function listMessagesOperation(call: Call): Promise<FastifyReply> {
  const messages = await call.directory.messages(numberIn(call, 'limit', 1, maxMessages));
  const holders = await call.host.directory.identify(messages.map(({ user }) => user));
  const encoded = messages.map((message) => encodeMessage(message, holders.get(message.user)?.ids['directory'] ?? ''));
  return call.reply.send({ messages: encoded });
}

export async function listLanguagesOperation(call: Call): Promise<FastifyReply> {
  return call.reply.send({ languages: encodeLanguages(call.host.dialects) });
}

async function surroundings({ host }: Call, realm: RealmKey): Promise<Surroundings> {
  return surroundingsIn(await host.directory.realm(realm), host.dialects);
}

function surroundingsIn({ fields }: Realm, dialects: readonly Dialect[]): Surroundings {
  return { realm: fields, dialects: dialects.map(({ name }) => name) };
}

async function answerUser(call: Call, user: User, reply: FastifyReply): Promise<FastifyReply> {
  return reply.header('etag', etag(user.version)).send(await shownUser(call, user));
}
