import type { Operation } from './operation.ts';
import { getCitizens } from './operations/get-citizens.ts';
import { listCitizens } from './operations/list-citizens.ts';
import { registerCitizen } from './operations/register-citizen.ts';
import { updateCitizen } from './operations/update-citizen.ts';

const base = '/v4/citizenaccess';

/** Every operation of the citizen access API and of the vendor's authorization server, by path. */
export const operations: readonly Operation[] = [
  { method: 'GET', path: '/oauth2/authorize' },
  { method: 'POST', path: '/oauth2/authorize' },
  { method: 'POST', path: '/oauth2/token' },
  { method: 'GET', path: '/oauth2/tokeninfo' },
  { method: 'GET', path: `${base}/citizens`, run: listCitizens },
  {
    method: 'POST',
    path: `${base}/citizens`,
    run: registerCitizen,
    members: { loginName: 'userName', mobilePhone: 'cellPhone' },
  },
  { method: 'GET', path: `${base}/citizens/:id`, run: getCitizens },
  { method: 'PUT', path: `${base}/citizens/:id`, run: updateCitizen },
  { method: 'GET', path: `${base}/citizens/:id/accounts` },
  { method: 'PUT', path: `${base}/citizens/:id/accounts` },
  { method: 'POST', path: `${base}/citizens/:id/contacts` },
  { method: 'DELETE', path: `${base}/citizens/:id/contacts/:contactIds` },
  { method: 'PUT', path: `${base}/citizens/:id/password` },
  { method: 'GET', path: `${base}/citizens/:id/trustAccounts` },
  { method: 'GET', path: `${base}/citizens/delegatePrivileges` },
  { method: 'GET', path: `${base}/citizens/delegates` },
  { method: 'POST', path: `${base}/citizens/delegates` },
  { method: 'DELETE', path: `${base}/citizens/delegates/:ids` },
  { method: 'PUT', path: `${base}/citizens/invitation/:id` },
  { method: 'GET', path: `${base}/citizens/invitations` },
  { method: 'GET', path: `${base}/contacts` },
  { method: 'POST', path: `${base}/contacts` },
  { method: 'DELETE', path: `${base}/contacts/:ids` },
  { method: 'GET', path: `${base}/profile` },
  { method: 'POST', path: `${base}/register` },
];
