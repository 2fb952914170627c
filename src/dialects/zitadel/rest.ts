import type { FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject } from '#core/json.ts';
import { UserService } from './descriptors.ts';
import type { Invoke, ReadMessage } from './invoke.ts';
import { jsonReader } from './json.ts';
import { maxDepthOf, parseBody } from './json-body.ts';
import { queryReader } from './query.ts';
import type { Route } from './routes.ts';

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Answers a route in REST: a message as JSON for one as JSON. */
export function restHandler(route: Route, invoke: Invoke): Handle {
  const read = messageReader(route);
  return async (request, reply) => reply.send(await invoke(request, reply, read));
}

/** Members come in the body or, where a route has none, in the query; and in the path, which wins over both. */
function messageReader({ rpc, path, hasBody, operation }: Route): ReadMessage {
  const desc = UserService.method[rpc].input;
  const read = jsonReader(desc);
  const readQuery = queryReader(desc);
  const maxDepth = maxDepthOf(operation);
  const bound = desc.fields.filter(({ name }) => path.includes(`{${name}}`));
  return ({ body, params, query }) => {
    const json = parseBody(body as Buffer | undefined, maxDepth);
    const message = read(!hasBody && isJsonObject(json) ? { ...json, ...readQuery(query as object) } : json);
    for (const { name, localName } of bound) Reflect.set(message, localName, (params as Record<string, string>)[name]);
    return message;
  };
}
