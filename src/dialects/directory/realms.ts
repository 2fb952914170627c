import type { FastifyReply } from 'fastify';
import { createRealm } from '#core/commands/create-realm.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { RealmKey } from '#core/realm.ts';
import { type Call, numberIn, optionsOf, parameter } from './call.ts';
import { decodeBody } from './decode/body.ts';
import { shapes } from './decode/shapes.ts';
import { encodeRealm } from './encode/realm.ts';

const maxRealms = 1000;

export async function createRealmOperation(call: Call): Promise<FastifyReply> {
  const { host, directory, request, reply } = call;
  const body = shapes().checkRealmBody(decodeBody(request.body, request.headers['content-type']));
  const { name, language = 'en', region = 'US', timeZone = 'UTC', ids = {} } = body;
  for (const dialect of Object.keys(ids)) requireRealmIds(dialect, call);
  const { key, ids: made } = await host.directory.newRealm(name);
  const input = { key, ids: { ...made, ...ids }, fields: { name, language, region, timeZone } };
  const { result } = await directory.run(createRealm, input, optionsOf(call));
  return reply.code(201).send(encodeRealm(result));
}

export async function listRealmsOperation(call: Call): Promise<FastifyReply> {
  const limit = numberIn(call, 'limit', 1, maxRealms);
  const { after } = call.request.query as { after?: unknown };
  const behind = after === undefined ? {} : { after: await realmKeyOf(call, String(after)) };
  const realms = await call.directory.realms({ limit: limit + 1, ...behind });
  return call.reply.send({ realms: realms.slice(0, limit).map(encodeRealm), hasMore: realms.length > limit });
}

export async function getRealmOperation(call: Call): Promise<FastifyReply> {
  const key = await realmKeyOf(call, parameter(call, 'id'));
  return call.reply.send(encodeRealm(await call.host.directory.realm(key)));
}

/** The realm with this id, of the directory or of the dialect in `?as=`. Others than its own are seen by the owner alone. */
export async function realmKeyOf({ host, actor, request }: Call, id: string): Promise<RealmKey> {
  const { as: dialect = 'directory' } = request.query as { as?: unknown };
  const key = await host.directory.resolveRealm(String(dialect), dialect === 'directory' ? id.toLowerCase() : id);
  if (key !== undefined && (key === actor.realm || actor.owner)) return key;
  throw new DirectoryError('not_found', 'There is no such realm.', { reason: 'realm_not_found' });
}

function requireRealmIds(dialect: string, { host }: Call): void {
  const names = host.dialects.filter(({ realmIds, name }) => realmIds && name !== 'directory').map(({ name }) => name);
  if (names.includes(dialect)) return;
  throw invalidField(`ids.${dialect}`, `ids may name the realm in ${names.join(', ')}.`);
}
