import type { FastifyReply } from 'fastify';
import type { DialectHost } from '#dialects/dialect.ts';
import type { Handler } from './exchange.ts';
import { getUser } from './get-user.ts';
import { answerUser, answerUsers } from './handlers.ts';
import { listUsers } from './list-users.ts';
import { putUser } from './put-user.ts';
import { postToken, refuseToken } from './token/post-token.ts';

/** One operation of the vendor's. Without `serve` it is known and not built: it answers 501. */
export interface Route {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In lower case: the vendor's paths are read in any case. */
  readonly path: string;
  readonly serve?: (host: DialectHost) => Handler;
  /** Tells what has failed at this path, where that is not told as everywhere else. */
  readonly refuse?: (error: unknown, reply: FastifyReply, host: DialectHost) => FastifyReply;
}

/** Every operation that the vendor is known to have around users, by path. */
export const routes: readonly Route[] = [
  { operation: 'ListAccounts', method: 'GET', path: '/api/v1/admin/accounts' },
  { operation: 'CreateAccount', method: 'POST', path: '/api/v1/admin/accounts' },
  { operation: 'DeleteAccount', method: 'DELETE', path: '/api/v1/admin/accounts/:id' },
  { operation: 'UpdateAccount', method: 'PUT', path: '/api/v1/admin/accounts/:id' },
  { operation: 'ValidateAccount', method: 'PATCH', path: '/api/v1/admin/accounts/:id/validate' },
  { operation: 'ListUsers', method: 'GET', path: '/api/v1/admin/users', serve: answerUsers(listUsers) },
  { operation: 'GetUser', method: 'GET', path: '/api/v1/admin/users/:id', serve: answerUser(getUser) },
  { operation: 'UpdateUser', method: 'PUT', path: '/api/v1/admin/users/:id', serve: answerUser(putUser) },
  { operation: 'ToggleAccess', method: 'PATCH', path: '/api/v1/admin/users/:id/access' },
  { operation: 'AddUserToAccount', method: 'POST', path: '/api/v1/admin/users/:id/accounts' },
  { operation: 'GetAllUsers', method: 'GET', path: '/api/v1/useradminapi/getallusers' },
  { operation: 'UserUpdateGDPR', method: 'POST', path: '/api/v1/useradminapi/userupdategdpr/:id' },
  { operation: 'DeleteAccountV2', method: 'DELETE', path: '/api/v2/admin/accounts/:id' },
  { operation: 'UpdateAccountV2', method: 'PUT', path: '/api/v2/admin/accounts/:id' },
  { operation: 'Token', method: 'POST', path: '/token', serve: postToken, refuse: refuseToken },
];
