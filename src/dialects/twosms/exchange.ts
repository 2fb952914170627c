import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Guard } from '#auth/guard.ts';
import type { Actor, Via } from '#core/actor.ts';
import type { ActingDirectory, Directory } from '#core/directory.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { authenticate } from './auth.ts';
import type { Refusal } from './errors.ts';
import { type AnswerType, isXml } from './formats/media-type.ts';
import { answerTypeFor } from './formats/negotiate.ts';
import type { Envelope, ListFrame, Response } from './formats/response.ts';
import { listInJson, writeJson } from './formats/write-json.ts';
import { listInXml, writeXml, writeXmlError } from './formats/write-xml.ts';
import type { ShownUser } from './model.ts';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** One request of a caller who is known, and what it is answered with. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly actor: Actor;
  /** The guid by which this dialect knows the caller: that of its user, or of the client. */
  readonly callerId: string;
  readonly via: Via;
  readonly directory: Directory;
  readonly guard: Guard;
  /** The directory as the caller may use it. */
  readonly acting: ActingDirectory;
}

/** Finds out who is calling. Rejects with `unauthenticated`. */
export async function openExchange(request: FastifyRequest, { directory, guard }: DialectHost): Promise<Exchange> {
  const actor = await authenticate(guard, request);
  const via = viaOf(request);
  const callerId = actor.ids?.['twosms'] ?? actor.id;
  return { request, actor, callerId, via, directory, guard, acting: directory.as(actor, via) };
}

export function viaOf(request: FastifyRequest): Via {
  return { dialect: 'twosms', request: request.id, address: request.ip };
}

/** Writes the vendor's envelope in the format that the request accepts. */
export function sendResponse(reply: FastifyReply, status: number, response: Response): FastifyReply {
  return send(reply, status, (type) => (isXml(type) ? writeXml(response) : writeJson(response)));
}

/**
 * Writes users as they come, page by page, so that a large account is never held whole. When a later page cannot be
 * had, the answer is cut off: `onFault` is told.
 */
export function sendList(
  reply: FastifyReply,
  envelope: Envelope,
  pages: AsyncIterable<readonly ShownUser[]>,
  onFault: (fault: unknown) => void,
): FastifyReply {
  return send(reply, 200, (type) =>
    Readable.from(written(isXml(type) ? listInXml(envelope) : listInJson(envelope), pages)).on('error', onFault),
  );
}

async function* written(
  { begin, user, between, end }: ListFrame,
  pages: AsyncIterable<readonly ShownUser[]>,
): AsyncGenerator<string> {
  yield begin;
  let gap = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield gap + page.map(user).join(between);
    gap = between;
  }
  yield end;
}

/** Writes a refusal; the vendor's envelope names the caller. */
export function sendRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  { of, userId }: Pick<Envelope, 'of' | 'userId'>,
): FastifyReply {
  reply.headers(refusal.headers ?? {});
  if ('httpError' in refusal) {
    const { httpError } = refusal;
    return send(reply, refusal.status, (type) => (isXml(type) ? writeXmlError(httpError) : JSON.stringify(httpError)));
  }
  return sendResponse(reply, refusal.status, { of, error: refusal.business, userId, result: 'Failure', detail: null });
}

function send(reply: FastifyReply, status: number, write: (type: AnswerType) => string | Readable): FastifyReply {
  const type = answerTypeFor(reply.request.headers);
  return reply.code(status).header('content-type', `${type}; charset=utf-8`).send(write(type));
}
