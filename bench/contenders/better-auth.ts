import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import type { Load } from '#bench/load/load.ts';
import { startServer } from '#bench/load/processes.ts';
import type { Template } from '#bench/load/scenarios.ts';
import { wrk } from '#bench/load/wrk.ts';
import { bestOf } from './compare.ts';
import { type Peer, peerProgram } from './peer.ts';

/** Users who have signed in; the others are only stored. */
const signedIn = 64;

const others = (users: number) => `
INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
SELECT 'stored-' || n, 'Minnie Mouse', 'stored-' || n || '@people.example', false, now(), now()
FROM generate_series(1, ${users}) n`;

export const betterAuth: Peer = {
  name: 'better-auth',
  does: 'a signed-in user changes his name with `update-user`, on the same PostgreSQL; it keeps no history',
  start: async (bench) => {
    const { seconds } = bench.options;
    const { origin, ids } = await startWithSessions(bench);
    const template: Template = {
      method: 'POST',
      path: '/api/auth/update-user',
      headers: { 'content-type': 'application/json', origin, cookie: '{id}' },
      body: JSON.stringify({ name: 'Minnie Mouse {n}' }),
    };
    const load = (clients: number): Promise<Load> => wrk({ origin, template, ids }, clients, seconds);
    const clients = await bestOf([8, 16, 64], load);
    return { clients, load: () => load(clients) };
  },
};

/** A server, and a file with the cookie of one session in each line. */
async function startWithSessions(bench: Bench): Promise<{ origin: string; ids: string }> {
  const program = peerProgram('better-auth-server.ts', 'better-auth');
  const cluster = await bench.cluster();
  const url = await cluster.create('better_auth');
  // Its own defaults, those of production among them.
  const { origin, stop } = await startServer([program, url], { NODE_ENV: 'production' });
  bench.cleanUp.defer(stop);
  await cluster.query(url, others(bench.options.users), 'VACUUM ANALYZE', 'CHECKPOINT');
  const cookies = await Promise.all(Array.from({ length: signedIn }, (_, n) => signUp(origin, n)));
  const ids = join(bench.folder, 'better-auth');
  await writeFile(ids, cookies.map((cookie) => `${cookie}\n`).join(''));
  return { origin, ids };
}

/** The cookie of a new user's session. */
async function signUp(origin: string, n: number): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ name: 'Minnie', email: `user-${n}@people.example`, password: `Passw0rd-${n}` }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || cookie === undefined) throw new Error(`better-auth refuses a user: ${await answer.text()}`);
  return cookie;
}
