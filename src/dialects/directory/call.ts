import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.ts';
import type { ActingDirectory, Outcome, RunOptions } from '#core/directory.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { User, UserKey } from '#core/user.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { runOptions } from '#transport/options.ts';
import { bearerToken } from './auth.ts';
import { encodeUser } from './encode/user.ts';

/** One request by a known caller. */
export interface Call {
  readonly host: DialectHost;
  readonly actor: Actor;
  /** The directory as this caller may use it. */
  readonly directory: ActingDirectory;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Rejects with `unauthenticated` unless the caller has a good token. */
export async function receive(host: DialectHost, request: FastifyRequest, reply: FastifyReply): Promise<Call> {
  const actor = await host.guard.authenticate(bearerToken(request.headers), 'directory');
  const via = { dialect: 'directory', request: request.id, address: request.ip };
  return { host, actor, directory: host.directory.as(actor, via), request, reply };
}

/** A part of the path, such as `id`. */
export function parameter({ request }: Call, name: string): string {
  return (request.params as Record<string, string>)[name] ?? '';
}

/** A whole number in the query, not below `least`; `standard` when it is left out, and the most unless that is 0. */
export function numberIn({ request }: Call, name: string, least: number, standard: number): number {
  const text = (request.query as Record<string, unknown>)[name];
  if (text === undefined) return standard;
  const number = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && (standard === 0 || number <= standard)) return number;
  const most = standard === 0 ? '' : ` to ${standard}`;
  throw invalidField(name, `${name} must be a whole number from ${least}${most}.`);
}

/** The user that the path names: by the directory's own id, or by that of the dialect in `?as=`. */
export function keyInPath(call: Call): Promise<UserKey> {
  return keyOf(call, parameter(call, 'id'));
}

/** The user that a member of the query names in the same way; undefined when it is left out. */
export async function keyInQuery(call: Call, name: string): Promise<UserKey | undefined> {
  const id = (call.request.query as Record<string, unknown>)[name];
  return id === undefined ? undefined : await keyOf(call, String(id));
}

/** The user with this id, of the directory or of the dialect in `?as=`. */
export async function keyOf({ host, request }: Call, id: string): Promise<UserKey> {
  const { as: dialect = 'directory' } = request.query as { as?: unknown };
  if (!host.dialects.some(({ name }) => name === dialect)) {
    const names = host.dialects.map(({ name }) => name).join(', ');
    throw invalidField('as', `as must be the name of a dialect that is served: ${names}.`);
  }
  const key = await host.directory.resolve(String(dialect), dialect === 'directory' ? id.toLowerCase() : id);
  if (key !== undefined) return key;
  throw new DirectoryError('not_found', 'There is no such user.', { reason: 'user_not_found' });
}

/** If-Match, Idempotency-Key and Muster-Dry-Run. */
export function optionsOf({ request }: Call): RunOptions {
  return runOptions(request, invalidField);
}

/** The user of an outcome, of a command that is about one. */
export function userOf({ user }: Outcome<unknown>): User {
  if (user === undefined) throw new Error('The command was about no user.');
  return user;
}

/** The user as everybody is shown it here. */
export async function shownUser({ host }: Call, user: User): Promise<JsonObject> {
  return encodeUser(user, await host.directory.realm(user.realm), host.dialects);
}
