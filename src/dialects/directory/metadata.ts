import type { FastifyReply } from 'fastify';
import { deleteMetadata } from '#core/commands/delete-metadata.ts';
import { setMetadata } from '#core/commands/set-metadata.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { Outcome } from '#core/directory.ts';
import { metadataNotFound } from '#core/metadata.ts';
import { etag } from '#transport/options.ts';
import { type Call, keyInPath, numberIn, optionsOf, parameter, userOf } from './call.ts';
import { decodeBody } from './decode/body.ts';
import { shapes } from './decode/shapes.ts';
import { encodeMetadata } from './encode/metadata.ts';

const maxMetadata = 1000;

/** In the order of the keys. */
export async function listMetadataOperation(call: Call): Promise<FastifyReply> {
  const page = { offset: numberIn(call, 'offset', 0, 0), limit: numberIn(call, 'limit', 1, maxMetadata) };
  const { metadata, total } = await call.directory.metadata(await keyInPath(call), { filters: [], ...page });
  const hasMore = total > page.offset + metadata.length;
  return call.reply.send({ metadata: metadata.map(encodeMetadata), hasMore });
}

export async function getMetadataOperation(call: Call): Promise<FastifyReply> {
  const filter = { method: 'equals', text: parameter(call, 'key'), ignoreCase: false } as const;
  const page = { filters: [filter], offset: 0, limit: 1 };
  const [metadata] = (await call.directory.metadata(await keyInPath(call), page)).metadata;
  if (metadata === undefined) throw metadataNotFound();
  return call.reply.send(encodeMetadata(metadata));
}

export async function setMetadataOperation(call: Call): Promise<FastifyReply> {
  const { request, directory } = call;
  const { value } = shapes().checkMetadataBody(decodeBody(request.body, request.headers['content-type']));
  const input = { user: await keyInPath(call), metadata: [{ key: parameter(call, 'key'), value }] };
  return answer(call, await directory.run(setMetadata, input, optionsOf(call)));
}

/** Several at once; it is the one way to keys that no path can hold, `.` and `..`. */
export async function updateMetadataOperation(call: Call): Promise<FastifyReply> {
  const { request, directory } = call;
  const body = shapes().checkMetadataPatchBody(decodeBody(request.body, request.headers['content-type']));
  const metadata = Object.entries(body).map(([key, value]) => ({ key, value }));
  return answer(call, await directory.run(updateUser, { user: await keyInPath(call), metadata }, optionsOf(call)));
}

export async function deleteMetadataOperation(call: Call): Promise<FastifyReply> {
  const input = { user: await keyInPath(call), keys: [parameter(call, 'key')] };
  return answer(call, await call.directory.run(deleteMetadata, input, optionsOf(call)));
}

function answer({ reply }: Call, outcome: Outcome<unknown>): FastifyReply {
  return reply
    .code(204)
    .header('etag', etag(userOf(outcome).version))
    .send();
}
