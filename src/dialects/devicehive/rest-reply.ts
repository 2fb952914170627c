import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '#core/json.ts';
import { etag } from '#transport/options.ts';
import type { Answer } from './call.ts';
import type { Told } from './errors.ts';

type Users = readonly JsonObject[];

/** Sends an answer. A list goes out page by page; `failed` is told when one cannot be ended. */
export async function send(
  reply: FastifyReply,
  status: number,
  { shown, listed, version }: Answer,
  failed: (error: unknown) => void,
): Promise<FastifyReply> {
  if (version !== undefined) reply.header('etag', etag(version));
  reply.code(status);
  if (status === 204) return reply.send();
  reply.type('application/json');
  if (listed === undefined) return reply.send(JSON.stringify(shown));
  // The first page shows whether there is an answer at all, while the status can still tell.
  const pages = listed[Symbol.asyncIterator]();
  const first = await pages.next();
  return reply.send(Readable.from(asArray(first.done ? [] : first.value, pages, failed)));
}

/** Sends an error in the vendor's shape. */
export function sendError(reply: FastifyReply, { code, status = code, error, retryAfterSeconds }: Told): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ error: code, message: error }));
}

async function* asArray(first: Users, rest: AsyncIterator<Users>, failed: (error: unknown) => void) {
  try {
    yield `[${textOf(first)}`;
    for (let page = await rest.next(); !page.done; page = await rest.next()) {
      if (page.value.length > 0) yield `,${textOf(page.value)}`;
    }
    yield ']';
  } catch (error) {
    failed(error);
    throw error;
  }
}

function textOf(users: Users): string {
  return users.map((user) => JSON.stringify(user)).join(',');
}
