import type { Json, JsonObject } from '#core/json.ts';
import type { OpenSocket, Socket } from '#transport/sockets.ts';
import type { Answer, Route, Services, Session } from './call.ts';
import { internalError, Refusal, render } from './errors.ts';
import { refuseLostDigits } from './json-source.ts';
import { perform } from './perform.ts';
import { type Frame, readFrame } from './read-frame.ts';
import { routes } from './routes.ts';

const byAction = new Map<string, Route>(routes.map((route) => [route.action, route]));

/** What is done with each connection: one message, one answer. */
export function socketHandler(services: Services): OpenSocket {
  return (socket) => {
    const session: Session = {};
    return async (text) => socket.send(await answer(text, session, socket, services));
  };
}

async function answer(text: string, session: Session, socket: Socket, services: Services): Promise<string> {
  const request = socket.nextRequestId();
  let frame: Frame | undefined;
  try {
    frame = readFrame(text);
    const { params } = frame;
    const route = routeOf(params.action ?? null);
    refuseLostDigits(text, ['user', 'data']);
    const via = { dialect: 'devicehive', request, address: socket.address };
    const call = { params, via, transport: 'socket', origin: services.originOf(socket.request), options: {} } as const;
    const payload = await payloadOf(await perform(route, session, services, () => call), route);
    return envelope(frame, { status: 'success', ...payload });
  } catch (error) {
    const told = render(error, 'socket');
    if (told === undefined) services.log.error({ request, err: error }, 'A DeviceHive message could not be answered.');
    const { code, error: why } = told ?? internalError;
    return envelope(frame, { code, status: 'error', error: why });
  }
}

function envelope(frame: Frame | undefined, members: JsonObject): string {
  const text = JSON.stringify(members);
  return frame === undefined ? text : `{${frame.echo},${text.slice(1)}`;
}

async function payloadOf({ shown = {}, listed }: Answer, { member }: Route): Promise<JsonObject> {
  const content = listed === undefined ? shown : (await Array.fromAsync(listed)).flat();
  return member === undefined ? (content as JsonObject) : { [member]: content };
}

function routeOf(action: Json): Route {
  if (action === null || action === '' || typeof action === 'object') {
    throw new Refusal(500, "'action' field could not be parsed to known endpoint");
  }
  const route = byAction.get(String(action));
  if (route === undefined) throw new Refusal(400, `Illegal argument: ${action}`);
  return route;
}
