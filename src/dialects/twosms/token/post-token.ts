import type { FastifyReply } from 'fastify';
import type { DialectHost } from '#dialects/dialect.ts';
import { internalText } from '#dialects/twosms/errors.ts';
import { type Handler, viaOf } from '#dialects/twosms/exchange.ts';
import { refusalBody, refuseDryRun } from '#transport/oauth.ts';
import { oauthRefusalOf } from './errors.ts';
import { accessLifeMs, grantTokens } from './grants.ts';
import { readTokenRequest } from './request.ts';

/** POST /Token, as the vendor's framework (OWIN, Katana) serves it. */
export function postToken(host: DialectHost): Handler {
  return async (request, reply) => {
    refuseDryRun(request);
    const wanted = readTokenRequest(request.body as Buffer | undefined, request.headers.authorization);
    const { access, refresh } = await grantTokens(wanted, host, viaOf(request));
    // The framework counts from a moment ago, so a second of it has always passed.
    const life = { expires_in: accessLifeMs / 1000 - 1 };
    return send(reply, 200, { access_token: access, token_type: 'bearer', ...life, refresh_token: refresh });
  };
}

/** Tells why there are no tokens; `log` is told of bugs. */
export function refuseToken(error: unknown, reply: FastifyReply, { log }: Pick<DialectHost, 'log'>): FastifyReply {
  const refused = oauthRefusalOf(error);
  if (refused === undefined) {
    log.error({ error, request: reply.request.id }, '2sms: a request for tokens failed');
    return send(reply, 500, refusalBody('server_error', internalText));
  }
  const { refusal, headers = {} } = refused;
  return send(reply.headers(headers), refusal.status, refusalBody(refusal.error, refusal.message));
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .code(status)
    .headers({ 'Cache-Control': 'no-cache', Pragma: 'no-cache', Expires: '-1' })
    .header('content-type', 'application/json;charset=UTF-8')
    .send(JSON.stringify(body));
}
