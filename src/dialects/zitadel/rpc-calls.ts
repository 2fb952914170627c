import { type DescMessage, fromBinary, fromJson, toBinary } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { type Carriage, carriageOf, within } from '#transport/unary-rpc.ts';
import { UserService } from './descriptors.ts';
import type { Rpc } from './http-rules.ts';
import type { Invoke } from './invoke.ts';
import { jsonReader } from './json.ts';
import { malformed, maxDepthOf, parseBody } from './json-body.ts';
import { type Route, routes } from './routes.ts';
import { rpcErrorOf } from './rpc-errors.ts';

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export interface RpcCalls {
  answer(rpc: Rpc, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply;
  refuseUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

export function rpcCalls({ log }: DialectHost, invokerOf: (route: Route) => Invoke): RpcCalls {
  const answers = Object.fromEntries(routes.map((route) => [route.rpc, answerer(route, invokerOf(route))]));
  return {
    answer: (rpc, request, reply) => (answers as Record<Rpc, Answer>)[rpc](request, reply),
    refuse(error, request, reply) {
      const isExpected = error instanceof DirectoryError || error instanceof ConnectError;
      if (!isExpected) log.error({ err: error, request: request.id }, 'a ZITADEL call failed');
      return refuse(error, request, reply);
    },
    refuseUnknown: (request, reply) => refuse(unknownRpc(request), request, reply),
  };
}

function answerer({ rpc, operation }: Route, invoke: Invoke): Answer {
  const { input, output } = UserService.method[rpc];
  const maxDepth = maxDepthOf(operation);
  const readers = [jsonMessageReader(input, maxDepth), binaryMessageReader(input, maxDepth)] as const;
  return async (request, reply) => {
    const carriage = carriageOf(request);
    if (typeof carriage === 'number') return reply.code(carriage).send();
    const read = readers[Number(carriage.isBinary) as 0 | 1];
    const readMessage = async () => read(await carriage.unwrap(request));
    const body = await within(carriage.timeoutMs(request), () => invoke(request, reply, readMessage));
    return carriage.answer(reply, encode(carriage, output, body));
  };
}

function jsonMessageReader(desc: DescMessage, maxDepth: number): (bytes: Uint8Array) => object {
  const read = jsonReader(desc);
  return (bytes) => read(parseBody(bytes, maxDepth));
}

function binaryMessageReader(desc: DescMessage, maxDepth: number): (bytes: Uint8Array) => object {
  const options = { readUnknownFields: false, recursionLimit: maxDepth };
  return (bytes) => {
    try {
      return fromBinary(desc, bytes, options);
    } catch (error) {
      throw malformed(`The body must be a ${desc.typeName}, nested at most ${maxDepth} levels deep.`, error);
    }
  };
}

/** Operations answer in JSON, which only the binary form has to read again. */
function encode({ isBinary }: Carriage, desc: DescMessage, body: object): Uint8Array {
  return isBinary ? toBinary(desc, fromJson(desc, body as never)) : Buffer.from(JSON.stringify(body));
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const carriage = carriageOf(request);
  if (typeof carriage === 'number') return reply.code(carriage).send();
  const { retryAfterSeconds } = error instanceof DirectoryError ? error.facts : {};
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  const { rpc } = request.routeOptions.config as { rpc?: Rpc };
  return carriage.refuse(reply, rpcErrorOf(error, rpc, request.headers['accept-language']));
}

function unknownRpc({ url }: FastifyRequest): DirectoryError {
  const name = url.replace(/\?.*/s, '').slice(1);
  return new DirectoryError('unimplemented', `There is no ${name}.`, { reason: 'route_not_found' });
}
