import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { JsonObject } from '#core/json.ts';
import { type Call, type Probe, ProbeError } from '#dialects/probe.ts';

/** One connection, for probing: one message at a time. */
export interface Conversation {
  /** Sends a message and answers the payload of the vendor's success. Rejects with a ProbeError otherwise. */
  ask(action: string, params?: object): Promise<JsonObject>;
  close(): void;
}

/** Connects, and authenticates when there is a token. */
export async function converse({ origin, token }: { origin: string; token?: string }): Promise<Conversation> {
  const peer = new WebSocket(`${origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  const conversation: Conversation = {
    async ask(action, params = {}) {
      const answered = once(peer, 'message');
      peer.send(JSON.stringify({ action, ...params }));
      const [frame] = await answered;
      const answer = JSON.parse(String(frame));
      if (answer.status !== 'success') throw new ProbeError(answer.code, answer);
      return answer;
    },
    close: () => peer.close(),
  };
  if (token !== undefined) await conversation.ask('authenticate', { token });
  return conversation;
}

/** Drives this dialect over its WebSocket. It knows no mail address and no phone number. */
export const probe: Probe = {
  create: (call, { username, password = 'a password' }) =>
    during(call, async ({ ask }) => {
      const { user } = await ask('user/insert', { user: { login: username, role: 1, password } });
      return String((user as JsonObject).id);
    }),
  read: (call, id) => during(call, ({ ask }) => readUser(ask, id)),
  update: (call, id, { username, password }) =>
    during(call, async ({ ask }) => {
      const user = { ...(username === undefined ? {} : { login: username }), ...(password ? { password } : {}) };
      await ask('user/update', { userId: Number(id), user });
    }),
  lock: (call, id) =>
    during(call, async ({ ask }) => {
      await ask('user/update', { userId: Number(id), user: { status: 1 } });
    }),
  delete: (call, id) =>
    during(call, async ({ ask }) => {
      await ask('user/delete', { userId: Number(id) });
    }),
  echo: (call, id) =>
    during(call, async ({ ask }) => {
      await ask('user/update', { userId: Number(id), user: await readUser(ask, id) });
    }),
};

async function readUser(ask: Conversation['ask'], id: string): Promise<JsonObject> {
  const { user } = await ask('user/get', { userId: Number(id) });
  return user as JsonObject;
}

async function during<Result>(call: Call, work: (conversation: Conversation) => Promise<Result>): Promise<Result> {
  const conversation = await converse(call);
  try {
    return await work(conversation);
  } finally {
    conversation.close();
  }
}
