import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { JsonObject } from '#core/json.ts';
import {
  type Call,
  grantSamples,
  type Probe,
  ProbeError,
  type ProbeUser,
  plainSamples,
  type Sample,
  type Shown,
  type StateStep,
} from '#dialects/probe.ts';
import type { encodeUser } from './encode.ts';

/** One connection, for probing: one message at a time. */
export interface Conversation {
  /** Sends a message and answers the payload of the vendor's success. Rejects with a ProbeError otherwise. */
  ask(action: string, params?: object): Promise<JsonObject>;
  close(): void;
  isOpen(): boolean;
}

/** Connects, and authenticates when there is a token. */
export async function converse({ origin, token }: { origin: string; token?: string }): Promise<Conversation> {
  const peer = new WebSocket(`${origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  const conversation: Conversation = {
    async ask(action, params = {}) {
      const answered = answerOf(peer);
      peer.send(JSON.stringify({ action, ...params }));
      const answer = await answered;
      if (answer.status !== 'success') throw new ProbeError(answer.code, answer);
      return answer;
    },
    close: () => peer.close(),
    isOpen: () => peer.readyState === WebSocket.OPEN,
  };
  if (token !== undefined) await conversation.ask('authenticate', { token });
  return conversation;
}

/** The next message. Rejects when the connection ends before. */
// biome-ignore lint/suspicious/noExplicitAny: an answer has whatever the action answers.
async function answerOf(peer: WebSocket): Promise<any> {
  const gone = new AbortController();
  const closed = once(peer, 'close', { signal: gone.signal }).then(() => {
    throw new Error('the connection has been closed');
  });
  try {
    const [frame] = await Promise.race([once(peer, 'message', { signal: gone.signal }), closed]);
    return JSON.parse(String(frame));
  } finally {
    closed.catch(() => {});
    gone.abort();
  }
}

const standings = ['active', 'locked', 'disabled'] as const;
const passwords = plainSamples('password', 'secret', 'another secret');

/** Drives this dialect over its WebSocket. It knows no mail address and no phone number. */
export const probe: Probe = {
  create: (call, { username, password = 'a password', ...rest }) =>
    during(call, async ({ ask }) => {
      const { user } = await ask('user/insert', { user: { ...userOf(rest), login: username, role: 1, password } });
      return String((user as JsonObject).id);
    }),
  creates: { password: passwords, data: plainSamples('data', { theme: 'dark' }, {}) },
  needs: ['password'],
  read: (call, id) => during(call, ({ ask }) => readUser(ask, id)),
  shows,
  update: (call, id, change) => write(call, id, userOf(change)),
  writes: {
    password: passwords,
    data: plainSamples('data', { theme: 'dark' }, { nested: { a: [1, null, { b: '' }] }, n: 1 }, {}, null),
    administers: grantSamples('devicehive'),
    own: [introReviewed(true), introReviewed(false)],
  },
  usernames: /^[\w@.-]{3,128}$/,
  refuses: [{ username: 'a b' }, { username: 'x' }, { password: 'short' }, { data: 'no object' as never }],
  states: {
    lock: status(1, { locked: true, disabled: false }),
    disable: status(2, { disabled: true }),
    activate: status(0, { locked: false, disabled: false }),
  },
  delete: (call, id) =>
    during(call, async ({ ask }) => {
      await ask('user/delete', { userId: Number(id) });
    }),
  echo: (call, id) =>
    during(call, async ({ ask }) => {
      await ask('user/update', { userId: Number(id), user: await readUser(ask, id) });
    }),
  async signIn({ origin }, login, password) {
    const conversation = await converse({ origin });
    try {
      return String((await conversation.ask('token', { login, password })).accessToken);
    } finally {
      conversation.close();
    }
  },
  async open(call) {
    const conversation = await converse(call);
    return { read: () => conversation.ask('user/getCurrent'), close: conversation.close };
  },
};

function introReviewed(flag: boolean): Sample {
  return { sent: { introReviewed: flag }, keeps: { 'extensions.devicehive.introReviewed': flag } };
}

function status(sent: 0 | 1 | 2, effect: StateStep['effect']): StateStep {
  return { run: (call, id) => write(call, id, { status: sent }), effect, names: standings[sent] };
}

function userOf({ username, password, data, administers, own }: Partial<ProbeUser>): JsonObject {
  return {
    ...(username === undefined ? {} : { login: username }),
    ...(password === undefined ? {} : { password }),
    ...(data === undefined ? {} : { data }),
    ...(administers === undefined ? {} : { role: administers ? 0 : 1 }),
    ...own,
  };
}

function shows(read: Readonly<Record<string, unknown>>): Shown {
  const { login, role, status: code, data, introReviewed: reviewed } = read as unknown as ReturnType<typeof encodeUser>;
  return {
    loginName: String(login),
    administers: role === 0,
    data: data as JsonObject | null,
    standing: standings[code as 0 | 1 | 2],
    own: reviewed ? { introReviewed: true } : {},
  };
}

async function write(call: Call, id: string, user: JsonObject): Promise<void> {
  await during(call, ({ ask }) => ask('user/update', { userId: Number(id), user }));
}

async function readUser(ask: Conversation['ask'], id: string): Promise<JsonObject> {
  const { user } = await ask('user/get', { userId: Number(id) });
  return user as JsonObject;
}

/** Connections that nobody speaks on at the moment, by who calls: the next one takes one of these. */
const idle = new WeakMap<Call, Conversation[]>();

async function during<Result>(call: Call, work: (conversation: Conversation) => Promise<Result>): Promise<Result> {
  const waiting = idle.get(call) ?? [];
  idle.set(call, waiting);
  const conversation = waiting.pop() ?? (await converse(call));
  try {
    return await work(conversation);
  } finally {
    if (conversation.isOpen()) waiting.push(conversation);
  }
}
