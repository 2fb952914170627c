import type { Handler, OpenHandler, Route } from './call.ts';
import { refusals } from './errors.ts';
import type { Action } from './rights.ts';
import { serverInfo } from './server-info.ts';
import { authenticateSession, createTokens, refreshToken, signIn } from './tokens.ts';
import { deleteAnyUser, getCurrentUser, getUser, insertUser, updateAnyUser, updateCurrentUser } from './users.ts';

/** Every action that is known, with what a token must allow for it (one of these). */
export const routes: readonly Route[] = [
  open('authenticate', authenticateSession),
  open('cluster/info'),
  open('server/cacheInfo'),
  open('server/info', serverInfo),
  open('token', signIn),
  needing(['ManageToken'], 'token/create', createTokens),
  open('token/refresh', refreshToken),
  needing(['ManageDeviceType'], 'user/allowAllDeviceTypes'),
  needing(['ManageDeviceType'], 'user/assignDeviceType'),
  needing(['ManageNetwork'], 'user/assignNetwork'),
  needing(['ManageUser'], 'user/count'),
  needing(['ManageUser'], 'user/delete', deleteAnyUser),
  needing(['ManageDeviceType'], 'user/disallowAllDeviceTypes'),
  needing(['ManageUser'], 'user/get', getUser),
  needing(['GetCurrentUser'], 'user/getCurrent', getCurrentUser),
  needing(['GetDeviceType'], 'user/getDeviceType'),
  needing(['ManageDeviceType'], 'user/getDeviceTypes'),
  needing(['GetNetwork'], 'user/getNetwork'),
  needing(['ManageUser'], 'user/insert', insertUser),
  needing(['ManageUser'], 'user/list'),
  needing(['ManageDeviceType'], 'user/unassignDeviceType'),
  needing(['ManageNetwork'], 'user/unassignNetwork'),
  needing(['ManageUser', 'UpdateCurrentUser'], 'user/update', updateAnyUser),
  needing(['UpdateCurrentUser'], 'user/updateCurrent', updateCurrentUser),
];

function open(action: string, handle: OpenHandler = notBuilt(action)): Route {
  return { action, handle };
}

function needing(needs: readonly Action[], action: string, handle: Handler = notBuilt(action)): Route {
  return { action, needs, handle };
}

function notBuilt(action: string): OpenHandler {
  return async () => {
    throw refusals.notBuilt(action);
  };
}
