import type { Json, JsonObject } from '#core/json.ts';
import type { OpenSocket, Socket } from '#transport/sockets.ts';
import { callerOf } from './auth.ts';
import type { Route, Services, Session } from './call.ts';
import { internalError, Refusal, render } from './errors.ts';
import { readFrame } from './read-frame.ts';
import { routes } from './routes.ts';

const byAction = new Map<string, Route>(routes.map((route) => [route.action, route]));

/** What is done with each connection: one message, one answer. */
export function socketHandler(services: Services): OpenSocket {
  return (socket) => {
    const session: Session = {};
    return async (text) => socket.send(JSON.stringify(await answer(text, session, socket, services)));
  };
}

async function answer(text: string, session: Session, socket: Socket, services: Services): Promise<JsonObject> {
  const request = socket.nextRequestId();
  let echoed: JsonObject = {};
  try {
    const params = readFrame(text);
    const { action = null, requestId = null } = params;
    echoed = { action, requestId };
    const route = routeOf(action);
    const via = { dialect: 'devicehive', request, address: socket.address };
    const call = { params, via, session, host: socket.request.headers.host ?? '' };
    const payload =
      route.needs === undefined
        ? await route.handle(call, services)
        : await route.handle(call, services, await callerOf(call, services, route.needs));
    return { ...echoed, status: 'success', ...payload };
  } catch (error) {
    const told = render(error);
    if (told === undefined) services.log.error({ request, err: error }, 'A DeviceHive message could not be answered.');
    const { code, error: why } = told ?? internalError;
    return { ...echoed, code, status: 'error', error: why };
  }
}

function routeOf(action: Json): Route {
  if (action === null || action === '' || typeof action === 'object') {
    throw new Refusal(500, "'action' field could not be parsed to known endpoint");
  }
  const route = byAction.get(String(action));
  if (route === undefined) throw new Refusal(400, `Illegal argument: ${action}`);
  return route;
}
