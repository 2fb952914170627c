import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { etag, runOptions } from '#transport/options.ts';
import { authenticate } from './auth.ts';
import { UserService } from './descriptors.ts';
import { errorFor } from './membership.ts';
import { organizationIds } from './organizations.ts';
import { validatorOf } from './pgv.ts';
import type { Route } from './routes.ts';

/** Reads the message of a request. Throws `invalid_argument` when it cannot be read. */
export type ReadMessage = (request: FastifyRequest) => object | Promise<object>;

/**
 * Runs an operation for a request: authorization first, then the message, its rules, and the operation. Answers the
 * message to be sent, as proto3 JSON; its header fields are set by then.
 */
export type Invoke = (request: FastifyRequest, reply: FastifyReply, read: ReadMessage) => Promise<object>;

/** What every transport runs: one for each route. What is not built answers so to anybody. */
export function invokers(host: DialectHost): (route: Route) => Invoke {
  const organizationOf = organizationIds(host.directory);
  return ({ rpc, operation }) => {
    if (operation === 'unbuilt') return async () => Promise.reject(notBuilt(rpc));
    const validate = validatorOf(UserService.method[rpc].input);
    return async (request, reply, read) => {
      const actor = await authenticate(host.guard, request.headers.authorization);
      const via = { dialect: 'zitadel', request: request.id, address: request.ip };
      const organization = request.headers['x-zitadel-orgid'];
      const call = {
        actor,
        directory: host.directory,
        acting: host.directory.as(actor, via),
        options: runOptions(request, invalidField),
        clock: host.clock,
        organization: typeof organization === 'string' ? organization : undefined,
        organizationOf,
      };
      const message = await read(request);
      const violations = validate(message as never);
      const [first] = violations;
      if (first !== undefined && !operation.excusesViolations) throw invalidField(first.path, first.text);
      const { body, version } = await runFor(actor, () => operation.run(call, message as never, violations));
      if (version !== undefined) reply.header('etag', etag(version));
      return body;
    };
  };
}

async function runFor<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw errorFor(actor, error);
  }
}

function notBuilt(rpc: Route['rpc']): DirectoryError {
  const { name } = UserService.method[rpc];
  return new DirectoryError('unimplemented', `${name} is not implemented here.`, { reason: 'not_built' });
}
