import type { FastifyReply } from 'fastify';
import { createClient, revokeClient } from '#core/commands/clients.ts';
import { invalidField } from '#core/errors.ts';
import { type Call, numberIn, optionsOf, parameter } from './call.ts';
import { decodeBody } from './decode/body.ts';
import { shapes } from './decode/shapes.ts';
import { encodeClient } from './encode/client.ts';

const maxClients = 1000;

/** The one answer that shows a secret that has been made; under an idempotency key it is repeated as it was. */
export async function createClientOperation(call: Call): Promise<FastifyReply> {
  const { actor, directory, request, reply } = call;
  const { dialect, id, secret, name } = shapes().checkClientBody(
    decodeBody(request.body, request.headers['content-type']),
  );
  refuseWithoutClients(dialect, call);
  const input = {
    dialect,
    realm: actor.realm,
    name: name ?? id ?? dialect,
    ...(id === undefined ? {} : { id }),
    ...(secret === undefined ? {} : { secret }),
  };
  const { result } = await directory.run(createClient, input, optionsOf(call));
  const shown = encodeClient(result);
  return reply.code(201).send(result.secret === undefined ? shown : { ...shown, secret: result.secret });
}

export async function listClientsOperation(call: Call): Promise<FastifyReply> {
  const clients = await call.directory.clients(numberIn(call, 'limit', 1, maxClients));
  return call.reply.send({ clients: clients.map(encodeClient) });
}

export async function revokeClientOperation(call: Call): Promise<FastifyReply> {
  const client = { dialect: parameter(call, 'dialect'), id: parameter(call, 'id') };
  await call.directory.run(revokeClient, client, optionsOf(call));
  return call.reply.code(204).send();
}

/** A client of a dialect that lets none in would lie there unseen. */
function refuseWithoutClients(dialect: string, { host }: Call): void {
  const names = host.dialects.filter(({ hasClients }) => hasClients).map(({ name }) => name);
  if (names.includes(dialect)) return;
  throw invalidField(
    'dialect',
    `dialect must be one that has clients and is served: ${names.join(', ') || 'none is'}.`,
  );
}
