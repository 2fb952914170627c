import type { Operation } from './operation.ts';
import { getCitizens } from './operations/get-citizens.ts';
import { listCitizens } from './operations/list-citizens.ts';
import { registerCitizen } from './operations/register-citizen.ts';
import { tokenInfo } from './operations/token-info.ts';
import { updateCitizen } from './operations/update-citizen.ts';

const base = '/v4/citizenaccess';

/**
 * Every operation of the citizen access API and of the vendor's authorization server, by path. `scope` is the one that
 * the vendor's page of the operation calls deprecated.
 */
export const operations: readonly Operation[] = [
  { method: 'GET', path: '/oauth2/authorize' },
  { method: 'POST', path: '/oauth2/authorize' },
  { method: 'POST', path: '/oauth2/token', issuesTokens: true },
  { method: 'GET', path: '/oauth2/tokeninfo', anyScope: true, run: tokenInfo },
  { method: 'GET', path: `${base}/citizens`, scope: 'get_citizenaccess_citizens', run: listCitizens },
  {
    method: 'POST',
    path: `${base}/citizens`,
    scope: 'create_citizenaccess_citizens',
    run: registerCitizen,
    members: { loginName: 'userName', mobilePhone: 'cellPhone' },
  },
  { method: 'GET', path: `${base}/citizens/:id`, scope: 'get_citizen_users', run: getCitizens },
  { method: 'PUT', path: `${base}/citizens/:id`, scope: 'update_citizenaccess_citizens', run: updateCitizen },
  { method: 'GET', path: `${base}/citizens/:id/accounts`, scope: 'get_citizens_accounts' },
  { method: 'PUT', path: `${base}/citizens/:id/accounts`, scope: 'update_citizenaccess_citizens_accounts' },
  { method: 'POST', path: `${base}/citizens/:id/contacts` },
  { method: 'DELETE', path: `${base}/citizens/:id/contacts/:contactIds` },
  { method: 'PUT', path: `${base}/citizens/:id/password`, scope: 'update_citizenaccess_citizens_password' },
  { method: 'GET', path: `${base}/citizens/:id/trustAccounts` },
  { method: 'GET', path: `${base}/citizens/delegatePrivileges`, scope: 'get_citizens_delegateprivileges' },
  { method: 'GET', path: `${base}/citizens/delegates` },
  { method: 'POST', path: `${base}/citizens/delegates` },
  { method: 'DELETE', path: `${base}/citizens/delegates/:ids` },
  { method: 'PUT', path: `${base}/citizens/invitation/:id` },
  { method: 'GET', path: `${base}/citizens/invitations` },
  { method: 'GET', path: `${base}/contacts` },
  { method: 'POST', path: `${base}/contacts` },
  { method: 'DELETE', path: `${base}/contacts/:ids` },
  { method: 'GET', path: `${base}/profile`, scope: 'get_citizenaccess_user_profile' },
  { method: 'POST', path: `${base}/register`, scope: 'register_citizenaccess_user' },
];
