import type { FastifyRequest } from 'fastify';
import type { Guard } from '#auth/guard.ts';
import type { Actor } from '#core/actor.ts';

/** The caller behind `Authorization: Bearer …`. Rejects with `unauthenticated`. */
export async function authenticate(guard: Guard, request: Pick<FastifyRequest, 'headers'>): Promise<Actor> {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization?.trim() ?? '') ?? [];
  return await guard.authenticate(token, 'twosms');
}
