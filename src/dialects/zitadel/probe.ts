import type { UserJson } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import { type Call, type Probe, ProbeError, type ProbeUser } from '#dialects/probe.ts';

/** Drives this dialect over its own wire. */
export const probe: Probe = {
  async create(call, { username, email = `${username}@example.com`, phone, password }) {
    const { userId } = await send<{ userId: string }>(call, 'POST', '/v2/users/human', {
      username,
      profile: { givenName: 'Minnie', familyName: 'Mouse' },
      email: { email, isVerified: false },
      ...(phone === undefined ? {} : { phone: { phone } }),
      ...(password === undefined ? {} : { password: { password } }),
    });
    return userId;
  },

  read: async (call, id) => ({ ...(await readUser(call, id)) }),

  async update(call, id, { username, email, phone, password }: Partial<ProbeUser>) {
    await send(call, 'PUT', `/v2/users/human/${id}`, {
      ...(username === undefined ? {} : { username }),
      ...(email === undefined ? {} : { email: { email } }),
      ...(phone === undefined ? {} : { phone: { phone } }),
      ...(password === undefined ? {} : { password: { password: { password } } }),
    });
  },

  async lock(call, id) {
    await send(call, 'POST', `/v2/users/${id}/lock`, {});
  },

  async delete(call, id) {
    await send(call, 'DELETE', `/v2/users/${id}`);
  },

  async echo(call, id) {
    const { username, human = {} } = await readUser(call, id);
    const { profile, email, phone } = human;
    await send(call, 'PUT', `/v2/users/human/${id}`, { username, profile, email, phone });
  },
};

async function readUser(call: Call, id: string): Promise<UserJson> {
  return (await send<{ user: UserJson }>(call, 'GET', `/v2/users/${id}`)).user;
}

async function send<Body>({ origin, token }: Call, method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Body;
  if (response.status !== 200) throw new ProbeError(response.status, answer);
  return answer;
}
