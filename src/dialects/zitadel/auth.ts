import type { Guard } from '#auth/guard.ts';
import type { Actor } from '#core/actor.ts';
import { tokenInvalid } from '#core/current-actor.ts';

/** The caller behind an `Authorization: Bearer` header; any other scheme is an invalid token. */
export async function authenticate(guard: Guard, header: string | undefined): Promise<Actor> {
  if (header === undefined || header === '') return await guard.authenticate(undefined, 'zitadel');
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) throw tokenInvalid();
  return await guard.authenticate(token, 'zitadel');
}
