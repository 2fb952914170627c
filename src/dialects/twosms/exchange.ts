import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Guard } from '#auth/guard.ts';
import type { Actor, Via } from '#core/actor.ts';
import type { ActingDirectory, Directory } from '#core/directory.ts';
import type { Refusal } from './errors.ts';
import { type AnswerType, isXml } from './formats/media-type.ts';
import { answerTypeFor } from './formats/negotiate.ts';
import type { ResponseOfUser } from './formats/response.ts';
import { writeJson } from './formats/write-json.ts';
import { writeXml, writeXmlError } from './formats/write-xml.ts';

/** One request of a caller who is known, and what it is answered with. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly actor: Actor;
  readonly via: Via;
  readonly directory: Directory;
  readonly guard: Guard;
  /** The directory as the caller may use it. */
  readonly acting: ActingDirectory;
}

/** Writes the vendor's envelope in the format that the request accepts. */
export function sendResponse(reply: FastifyReply, status: number, response: ResponseOfUser): FastifyReply {
  return send(reply, status, (type) => (isXml(type) ? writeXml(response) : writeJson(response)));
}

/** Writes a refusal; the vendor's envelope names the caller. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal, userId: string | null): FastifyReply {
  reply.headers(refusal.headers ?? {});
  if ('httpError' in refusal) {
    const { httpError } = refusal;
    return send(reply, refusal.status, (type) => (isXml(type) ? writeXmlError(httpError) : JSON.stringify(httpError)));
  }
  return sendResponse(reply, refusal.status, { error: refusal.business, userId, result: 'Failure', detail: null });
}

function send(reply: FastifyReply, status: number, write: (type: AnswerType) => string): FastifyReply {
  const type = answerTypeFor(reply.request.headers);
  return reply.code(status).header('content-type', `${type}; charset=utf-8`).send(write(type));
}
