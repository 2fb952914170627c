import type { FastifyReply } from 'fastify';
import type { DialectHost } from '#dialects/dialect.ts';
import { etag } from '#transport/options.ts';
import { shownUser } from './encode.ts';
import { refusalOf } from './errors.ts';
import { type Exchange, type Handler, openExchange, sendList, sendRefusal, sendResponse } from './exchange.ts';
import type { Envelope } from './formats/response.ts';
import type { UserInRealm } from './get-user.ts';
import type { ListedUsers } from './list-users.ts';

/** Answers with ResponseOfUser. */
export function answerUser(operation: (exchange: Exchange) => Promise<UserInRealm>): (host: DialectHost) => Handler {
  return answer('User', operation, (reply, envelope, { user, realm }) => {
    reply.header('ETag', etag(user.version));
    return sendResponse(reply, 200, { ...envelope, detail: shownUser(user, realm) });
  });
}

/** Answers with ResponseOfListOfUser. */
export function answerUsers(operation: (exchange: Exchange) => Promise<ListedUsers>): (host: DialectHost) => Handler {
  return answer('ListOfUser', operation, (reply, envelope, pages, { log }) =>
    sendList(reply, envelope, pages, (error) => log.error({ error }, '2sms: a list was cut off')),
  );
}

function answer<Result>(
  of: Envelope['of'],
  operation: (exchange: Exchange) => Promise<Result>,
  send: (reply: FastifyReply, envelope: Envelope, result: Result, host: DialectHost) => FastifyReply,
): (host: DialectHost) => Handler {
  return (host) => async (request, reply) => {
    const exchange = await openExchange(request, host);
    const about = { of, userId: exchange.callerId };
    try {
      return send(reply, { ...about, error: null, result: 'Success' }, await operation(exchange), host);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      return sendRefusal(reply, refusal, about);
    }
  };
}
