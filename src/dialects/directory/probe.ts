import type { JsonObject } from '#core/json.ts';
import { type Call, type Probe, ProbeError, type ProbeUser } from '#dialects/probe.ts';

/** Drives the directory's own API over HTTP. */
export const probe: Probe = {
  create: async (call, user) => String((await send(call, 'POST', '', bodyOf(user)))['id']),
  read: (call, id) => send(call, 'GET', `/${id}`),
  update: async (call, id, change) => {
    await send(call, 'PATCH', `/${id}`, bodyOf(change));
  },
  lock: async (call, id) => {
    await send(call, 'PATCH', `/${id}`, { state: 'locked' });
  },
  delete: async (call, id) => {
    await send(call, 'DELETE', `/${id}`);
  },
  echo: async (call, id) => {
    await send(call, 'PATCH', `/${id}`, await send(call, 'GET', `/${id}`));
  },
};

function bodyOf({ username, email, phone, password }: Partial<ProbeUser>): JsonObject {
  return {
    ...(username === undefined ? {} : { username }),
    ...(email === undefined ? {} : { email: { address: email } }),
    ...(phone === undefined ? {} : { phone: { entered: phone } }),
    ...(password === undefined ? {} : { password }),
  };
}

async function send({ origin, token }: Call, method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  const answer = await fetch(`${origin}/directory/v1/users${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  const content = text === '' ? {} : JSON.parse(text);
  if (!answer.ok) throw new ProbeError(answer.status, content);
  return content;
}
