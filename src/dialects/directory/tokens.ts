import type { FastifyReply } from 'fastify';
import { createToken, type RevokeTokenInput, revokeToken } from '#core/commands/tokens.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';
import { type Call, keyInQuery, keyOf, numberIn, optionsOf, parameter } from './call.ts';
import { decodeBody } from './decode/body.ts';
import { shapes } from './decode/shapes.ts';
import { encodeToken } from './encode/token.ts';

const maxTokens = 1000;

/** The one answer that shows a token; under an idempotency key it is repeated as it was. */
export async function createTokenOperation(call: Call): Promise<FastifyReply> {
  const { actor, directory, host, request, reply } = call;
  const body = shapes().checkTokenBody(decodeBody(request.body, request.headers['content-type']));
  const { user: id, permissions, expiresAt } = body;
  const user = id === undefined ? actor.user : await keyOf(call, String(id));
  if (user === undefined) throw invalidField('user', 'user must be given: a client has no token of its own here.');
  const input = {
    user,
    ...(permissions === undefined ? {} : { permissions }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  const { result } = await directory.run(createToken, input, optionsOf(call));
  const shown = encodeToken(result, await host.directory.identify([user]));
  return reply.code(201).send(result.token === undefined ? shown : { ...shown, token: result.token });
}

export async function listTokensOperation(call: Call): Promise<FastifyReply> {
  const limit = numberIn(call, 'limit', 1, maxTokens);
  const user = await keyInQuery(call, 'user');
  const tokens = await call.directory.tokens({ limit, ...(user === undefined ? {} : { user }) });
  const holders = await call.host.directory.identify(tokens.flatMap(holderOf));
  return call.reply.send({ tokens: tokens.map((token) => encodeToken(token, holders)) });
}

export async function revokeTokenOperation(call: Call): Promise<FastifyReply> {
  await call.directory.run(revokeToken, await revocationOf(parameter(call, 'id'), call), optionsOf(call));
  return call.reply.code(204).send();
}

/** A token that is gone is left to the command: the request may be the repetition of the one that ended it. */
async function revocationOf(id: string, { directory }: Call): Promise<RevokeTokenInput> {
  try {
    const { user, client, dialect } = await directory.token(id);
    const holder = user === undefined ? { client: { dialect, id: client ?? '' } } : { user };
    return { id, holder };
  } catch (error) {
    if (error instanceof DirectoryError && error.reason === 'token_not_found') return { id };
    throw error;
  }
}

function holderOf({ user }: Token): UserKey[] {
  return user === undefined ? [] : [user];
}
