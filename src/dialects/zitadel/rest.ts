import { isUtf8 } from 'node:buffer';
import type { DescMessage } from '@bufbuild/protobuf';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { depthOf, isJsonObject, type Json } from '#core/json.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { etag, runOptions } from '#transport/options.ts';
import { authenticate } from './auth.ts';
import type { Answer, Call, Operation } from './call.ts';
import { UserService } from './descriptors.ts';
import type { HttpRule } from './http-rules.ts';
import { jsonReader } from './json.ts';
import { organizationIds } from './organizations.ts';
import { validatorOf } from './pgv.ts';
import { queryReader } from './query.ts';
import type { Route } from './routes.ts';

const maxDepth = 32;

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Makes the handlers of routes: authorization first, then the body, its rules, and the operation. */
export function restHandlers(host: DialectHost): (route: Route) => Handle {
  const organizationOf = organizationIds(host.directory);
  return ({ rpc, method, path, operation }) => {
    if (operation === 'unbuilt') return async () => Promise.reject(notBuilt(rpc));
    const perform = performer(UserService.method[rpc].input, { method, path }, operation);
    return async (request, reply) => {
      const actor = await authenticate(host.guard, request.headers.authorization);
      const via = { dialect: 'zitadel', request: request.id, address: request.ip };
      const organization = request.headers['x-zitadel-orgid'];
      const { body, version } = await perform(request, {
        actor,
        directory: host.directory,
        acting: host.directory.as(actor, via),
        options: runOptions(request, invalidField),
        organization: typeof organization === 'string' ? organization : undefined,
        organizationOf,
      });
      return reply.header('etag', etag(version)).send(body);
    };
  };
}

type Perform = (request: FastifyRequest, call: Call) => Promise<Answer>;

function performer(desc: DescMessage, { method, path }: HttpRule, operation: Operation<never>): Perform {
  const read = jsonReader(desc);
  const readQuery = queryReader(desc);
  const takesQuery = method === 'DELETE' || method === 'GET';
  const validate = validatorOf(desc);
  const bound = desc.fields.filter(({ name }) => path.includes(`{${name}}`));
  return async (request, call) => {
    const body = parseBody(request.body as Buffer | undefined);
    const message = read(takesQuery && isJsonObject(body) ? { ...readQuery(request.query as object), ...body } : body);
    for (const { name, localName } of bound) {
      Reflect.set(message, localName, (request.params as Record<string, string>)[name]);
    }
    const violations = validate(message);
    const [first] = violations;
    if (first !== undefined && !operation.excusesViolations) throw invalidField(first.path, first.text);
    return await operation.run(call, message as never, violations);
  };
}

/** The body as JSON; none is an empty message. */
function parseBody(body: Buffer | undefined): Json {
  if (body === undefined) return {};
  if (!isUtf8(body)) throw malformed('The body must be UTF-8.');
  const json = parseJson(body.toString());
  if (depthOf(json, maxDepth) > maxDepth) throw malformed(`The body must not nest deeper than ${maxDepth} levels.`);
  return json;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw malformed('The body must be JSON.');
  }
}

function malformed(message: string): DirectoryError {
  return new DirectoryError('invalid_argument', message, { reason: 'body_malformed' });
}

function notBuilt(rpc: Route['rpc']): DirectoryError {
  const { name } = UserService.method[rpc];
  return new DirectoryError('unimplemented', `${name} is not implemented here.`, { reason: 'not_built' });
}
