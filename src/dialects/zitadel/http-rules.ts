import { type DescMethod, getOption, hasOption } from '@bufbuild/protobuf';
import { http } from '@zitadel/proto/google/api/annotations_pb.js';
import { UserService } from './descriptors.ts';

/** The name of an operation of the vendor's user service: `updateHumanUser`. */
export type Rpc = keyof typeof UserService.method;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRule {
  readonly method: Method;
  /** `/v2/users/{user_id}/lock`: each name is a member of the request. */
  readonly path: string;
  /** Whether members come in the body; else they come in the query. */
  readonly hasBody: boolean;
}

/** The rules of operations whose published descriptors have none yet; they stand in the vendor's newer proto files. */
const newerRules: Partial<Record<Rpc, Omit<HttpRule, 'hasBody'>>> = {
  addKey: { method: 'POST', path: '/v2/users/{user_id}/keys' },
  addPersonalAccessToken: { method: 'POST', path: '/v2/users/{user_id}/pats' },
  addSecret: { method: 'POST', path: '/v2/users/{user_id}/secret' },
  createUser: { method: 'POST', path: '/v2/users/new' },
  listKeys: { method: 'POST', path: '/v2/users/keys/search' },
  listPersonalAccessTokens: { method: 'POST', path: '/v2/users/pats/search' },
  removeKey: { method: 'DELETE', path: '/v2/users/{user_id}/keys/{key_id}' },
  removePersonalAccessToken: { method: 'DELETE', path: '/v2/users/{user_id}/pats/{token_id}' },
  removeSecret: { method: 'DELETE', path: '/v2/users/{user_id}/secret' },
  updateUser: { method: 'PATCH', path: '/v2/users/{user_id}' },
};

/** How an operation is called over HTTP: by the rule in its descriptor. */
export function httpRuleOf(rpc: Rpc): HttpRule {
  const rule = ruleIn(UserService.method[rpc]);
  if (rule !== undefined) return rule;
  const newer = newerRules[rpc];
  if (newer === undefined) throw new Error(`There is no HTTP rule for ${rpc}.`);
  return { ...newer, hasBody: true };
}

function ruleIn(method: DescMethod): HttpRule | undefined {
  if (!hasOption(method, http)) return undefined;
  const { pattern, body } = getOption(method, http);
  if (pattern.case === undefined || pattern.case === 'custom') return undefined;
  return { method: pattern.case.toUpperCase() as Method, path: pattern.value, hasBody: body !== '' };
}
