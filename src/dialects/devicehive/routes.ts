import type { RestRoute, Route } from './call.ts';
import { countUsers, listUsers } from './list-users.ts';
import { serverInfo } from './server-info.ts';
import { authenticateSession, createTokens, refreshToken, signIn } from './tokens.ts';
import { deleteAnyUser, getCurrentUser, getUser, insertUser, updateAnyUser, updateCurrentUser } from './users.ts';

const get = (path: string): RestRoute => ({ method: 'GET', path, status: 200 });
const post = (path: string, body: RestRoute['body'] & {}): RestRoute => ({ method: 'POST', path, body, status: 201 });
const put = (path: string): RestRoute => ({ method: 'PUT', path, body: 'user', status: 204 });
const link = (path: string): RestRoute => ({ method: 'PUT', path, status: 204 });
const remove = (path: string): RestRoute => ({ method: 'DELETE', path, status: 204 });

const network = '/user/:userId/network/:networkId';
const deviceTypes = '/user/:userId/devicetype';
const deviceType = '/user/:userId/devicetype/:deviceTypeId';

/** Every operation that is known, once, with what a token must allow for it (one of these). */
export const routes: readonly Route[] = [
  { action: 'authenticate', handle: authenticateSession },
  { action: 'cluster/info', rest: get('/info/config/cluster') },
  { action: 'server/cacheInfo', rest: get('/info/cache') },
  { action: 'server/info', rest: get('/info'), member: 'info', handle: serverInfo },
  { action: 'token', rest: post('/token', 'everything'), handle: signIn },
  { action: 'token/create', rest: post('/token/create', 'payload'), needs: ['ManageToken'], handle: createTokens },
  { action: 'token/refresh', rest: post('/token/refresh', 'everything'), handle: refreshToken },
  { action: 'user/allowAllDeviceTypes', rest: link(`${deviceTypes}/all`), needs: ['ManageDeviceType'] },
  { action: 'user/assignDeviceType', rest: link(deviceType), needs: ['ManageDeviceType'] },
  { action: 'user/assignNetwork', rest: link(network), needs: ['ManageNetwork'] },
  { action: 'user/count', rest: get('/user/count'), needs: ['ManageUser'], handle: countUsers },
  { action: 'user/delete', rest: remove('/user/:userId'), needs: ['ManageUser'], handle: deleteAnyUser },
  { action: 'user/disallowAllDeviceTypes', rest: remove(`${deviceTypes}/all`), needs: ['ManageDeviceType'] },
  { action: 'user/get', rest: get('/user/:userId'), member: 'user', needs: ['ManageUser'], handle: getUser },
  {
    action: 'user/getCurrent',
    rest: get('/user/current'),
    member: 'current',
    needs: ['GetCurrentUser'],
    handle: getCurrentUser,
  },
  { action: 'user/getDeviceType', rest: get(deviceType), needs: ['GetDeviceType'] },
  { action: 'user/getDeviceTypes', rest: get(deviceTypes), needs: ['ManageDeviceType'] },
  { action: 'user/getNetwork', rest: get(network), needs: ['GetNetwork'] },
  { action: 'user/insert', rest: post('/user', 'user'), member: 'user', needs: ['ManageUser'], handle: insertUser },
  { action: 'user/list', rest: get('/user'), member: 'users', needs: ['ManageUser'], handle: listUsers },
  { action: 'user/unassignDeviceType', rest: remove(deviceType), needs: ['ManageDeviceType'] },
  { action: 'user/unassignNetwork', rest: remove(network), needs: ['ManageNetwork'] },
  {
    action: 'user/update',
    rest: put('/user/:userId'),
    needs: ['ManageUser', 'UpdateCurrentUser'],
    handle: updateAnyUser,
  },
  { action: 'user/updateCurrent', rest: put('/user/current'), needs: ['UpdateCurrentUser'], handle: updateCurrentUser },
];
