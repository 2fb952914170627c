import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ThrowawayServer } from './server.ts';

/** A request and its answer, both as they went over the wire. */
export interface Exchange {
  /** `PUT /v2/users/human/2`, or the path of a WebSocket. */
  readonly to: string;
  readonly sent: string;
  readonly status: string;
  readonly received: string;
}

/** One request over HTTP. */
export async function callHttp(
  { origin, token }: ThrowawayServer,
  method: string,
  path: string,
  body?: { readonly type: string; readonly text: string },
  accept = 'application/json',
): Promise<Exchange> {
  const answer = await fetch(origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, accept, ...(body ? { 'content-type': body.type } : {}) },
    ...(body ? { body: body.text } : {}),
  });
  const received = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${received}`);
  return { to: `${method} ${path}`, sent: body?.text ?? '', status: `${answer.status} ${answer.statusText}`, received };
}

/** One message over a WebSocket of DeviceHive's, after the one that authenticates it. */
export async function callDeviceHive(server: ThrowawayServer, message: object): Promise<Exchange> {
  const path = '/dh/websocket';
  const socket = new WebSocket(server.origin.replace('http', 'ws') + path);
  await once(socket, 'open');
  const ask = async (text: string): Promise<string> => {
    const answered = once(socket, 'message');
    socket.send(text);
    return String((await answered)[0]);
  };
  await ask(JSON.stringify({ action: 'authenticate', token: server.token }));
  const sent = JSON.stringify(message);
  const received = await ask(sent);
  socket.close();
  const { status } = JSON.parse(received);
  if (status !== 'success') throw new Error(`${sent}: ${received}`);
  return { to: `WebSocket ${path}`, sent, status, received };
}
