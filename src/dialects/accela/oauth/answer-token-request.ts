import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Via } from '#core/actor.ts';
import type { JsonObject } from '#core/json.ts';
import { readTokenParameters, refuseDryRun } from '#transport/oauth.ts';
import { issueTokens, type Services } from './issue-tokens.ts';
import { readTokenRequest } from './read-request.ts';

/** Answers a token request. Rejects with an OAuthRefusal or a DirectoryError. */
export async function answerTokenRequest(
  asked: FastifyRequest,
  reply: FastifyReply,
  services: Services,
): Promise<FastifyReply> {
  refuseDryRun(asked);
  const { body, headers, id, ip } = asked;
  const request = readTokenRequest(readTokenParameters(body, headers['content-type']));
  const via: Via = { dialect: 'accela', request: id, address: ip };
  return sendTokenAnswer(reply, 200, await issueTokens(request, services, via));
}

/** As the vendor's servers write it: indented, with CRLF, and not to be kept by anybody on the way. */
export function sendTokenAnswer(reply: FastifyReply, status: number, body: JsonObject): FastifyReply {
  const text = JSON.stringify(body, null, 2).replaceAll('\n', '\r\n');
  return reply
    .code(status)
    .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', pragma: 'no-cache' })
    .send(text);
}
