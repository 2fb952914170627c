import type { FastifyReply } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { type Call, receive } from './call.ts';
import { createClientOperation, listClientsOperation, revokeClientOperation } from './clients.ts';
import type { Shapes } from './decode/shapes.ts';
import { answerError } from './errors.ts';
import {
  deleteMetadataOperation,
  getMetadataOperation,
  listMetadataOperation,
  setMetadataOperation,
  updateMetadataOperation,
} from './metadata.ts';
import {
  createUserOperation,
  deleteUserOperation,
  getChangesOperation,
  getUserAsOperation,
  getUserOperation,
  listLanguagesOperation,
  listMessagesOperation,
  listUsersOperation,
  updateUserOperation,
} from './operations.ts';
import { createRealmOperation, getRealmOperation, listRealmsOperation } from './realms.ts';
import { createTokenOperation, listTokensOperation, revokeTokenOperation } from './tokens.ts';

type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';

interface Route {
  readonly operation: string;
  readonly method: Method;
  readonly path: string;
  /** What its body must look like; absent: it takes none. */
  readonly body?: Exclude<keyof Shapes, `check${string}`>;
  /** Absent: known, and not built. */
  readonly handle?: (call: Call) => Promise<FastifyReply>;
}

/** Every operation of this API, below `/directory/v1`. */
export const routes: readonly Route[] = [
  { operation: 'create-client', method: 'POST', path: '/clients', body: 'ClientBody', handle: createClientOperation },
  { operation: 'create-realm', method: 'POST', path: '/realms', body: 'RealmBody', handle: createRealmOperation },
  { operation: 'create-token', method: 'POST', path: '/tokens', body: 'TokenBody', handle: createTokenOperation },
  { operation: 'create-user', method: 'POST', path: '/users', body: 'UserBody', handle: createUserOperation },
  { operation: 'delete-metadata', method: 'DELETE', path: '/users/:id/metadata/:key', handle: deleteMetadataOperation },
  { operation: 'delete-user', method: 'DELETE', path: '/users/:id', handle: deleteUserOperation },
  { operation: 'follow-changes', method: 'GET', path: '/changes' },
  { operation: 'get-changes', method: 'GET', path: '/users/:id/changes', handle: getChangesOperation },
  { operation: 'get-metadata', method: 'GET', path: '/users/:id/metadata/:key', handle: getMetadataOperation },
  { operation: 'get-realm', method: 'GET', path: '/realms/:id', handle: getRealmOperation },
  { operation: 'get-user', method: 'GET', path: '/users/:id', handle: getUserOperation },
  { operation: 'get-user-as', method: 'GET', path: '/users/:id/as/:dialect', handle: getUserAsOperation },
  { operation: 'list-clients', method: 'GET', path: '/clients', handle: listClientsOperation },
  { operation: 'list-languages', method: 'GET', path: '/languages', handle: listLanguagesOperation },
  { operation: 'list-messages', method: 'GET', path: '/messages', handle: listMessagesOperation },
  { operation: 'list-metadata', method: 'GET', path: '/users/:id/metadata', handle: listMetadataOperation },
  { operation: 'list-realms', method: 'GET', path: '/realms', handle: listRealmsOperation },
  { operation: 'list-tokens', method: 'GET', path: '/tokens', handle: listTokensOperation },
  { operation: 'list-users', method: 'GET', path: '/users', handle: listUsersOperation },
  { operation: 'revoke-client', method: 'DELETE', path: '/clients/:dialect/:id', handle: revokeClientOperation },
  { operation: 'revoke-token', method: 'DELETE', path: '/tokens/:id', handle: revokeTokenOperation },
  {
    operation: 'set-metadata',
    method: 'PUT',
    path: '/users/:id/metadata/:key',
    body: 'MetadataBody',
    handle: setMetadataOperation,
  },
  {
    operation: 'update-metadata',
    method: 'PATCH',
    path: '/users/:id/metadata',
    body: 'MetadataPatchBody',
    handle: updateMetadataOperation,
  },
  { operation: 'update-user', method: 'PATCH', path: '/users/:id', body: 'UserBody', handle: updateUserOperation },
];

export function registerRoutes(host: DialectHost): void {
  const { http, log } = host;
  http.setErrorHandler((error, request, reply) => answerError(error, request, reply, log));
  http.setNotFoundHandler((request, reply) => answerError(routeNotFound(), request, reply, log));
  for (const { operation, method, path, handle } of routes) {
    http.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const call = await receive(host, request, reply);
        if (handle === undefined) throw notBuilt(operation);
        return await handle(call);
      },
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) refuseOtherMethods(host, path);
}

function refuseOtherMethods({ http, log }: DialectHost, url: string): void {
  const allowed = routes.filter(({ path }) => path === url).map(({ method }) => method);
  const refused = (['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const).filter((method) => !allowed.includes(method));
  http.route({
    method: refused,
    url,
    handler: async (request, reply) => {
      reply.header('allow', allowed.join(', '));
      return answerError(methodNotAllowed(allowed), request, reply, log);
    },
  });
}

function routeNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'There is no such address.', { reason: 'route_not_found' });
}

function methodNotAllowed(allowed: readonly Method[]): DirectoryError {
  const message = `This address knows ${allowed.join(', ')} alone.`;
  return new DirectoryError('unimplemented', message, { reason: 'method_not_allowed' });
}

function notBuilt(operation: string): DirectoryError {
  return new DirectoryError('unimplemented', `${operation} is not built yet.`, { reason: 'not_built' });
}
