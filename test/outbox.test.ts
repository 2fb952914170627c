import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Child } from './child.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { testDatabase } from './postgres/shared-store.ts';
import { adminToken, ask, startProcess, until } from './processes.ts';
import { startServer } from './server.ts';
import { startTextProvider } from './text-provider.ts';

/** Asks for a code by mail, as a ZITADEL client does; answers once that is durable. */
async function addUser(origin: string, username: string, phone?: string): Promise<string> {
  const body = {
    username,
    profile: { givenName: username, familyName: 'Mouse', preferredLanguage: 'de' },
    email: { email: `${username}@mouse.com`, sendCode: {} },
    ...(phone === undefined ? {} : { phone: { phone, sendCode: {} } }),
  };
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${origin}/v2/users/human`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(response.ok, await response.clone().text());
  return ((await response.json()) as { userId: string }).userId;
}

async function verify(origin: string, user: string, { text }: MailServer['mails'][number]): Promise<number> {
  const [verificationCode] = /\b[A-Z0-9]{6}\b/.exec(text) ?? [];
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const url = `${origin}/v2/users/${user}/email/verify`;
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ verificationCode }) })).status;
}

const mailing = ({ port }: { port: number }) => ({
  MUSTER_SMTP_URL: `smtp://127.0.0.1:${port}`,
  MUSTER_MAIL_FROM: 'no-reply@example.com',
});

async function silentServer(context: TestContext): Promise<{ port: number; close(): void; connections(): number }> {
  let connections = 0;
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  context.after(close);
  return { port: (server.address() as AddressInfo).port, close, connections: () => connections };
}

async function kill(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}

test('a server that is killed between commit and delivery delivers after its restart', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-outbox-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = { url: `sqlite:${join(folder, 'muster.db')}` };
  const silent = await silentServer(context);
  const doomed = startProcess(context, store, { env: mailing(silent) });
  const origin = await doomed.running;
  const minnie = await addUser(origin, 'minnie');
  await until(() => silent.connections() > 0, 'the delivery has begun');
  // Nobody has begun to deliver what comes behind those under way.
  for (let index = 0; index < 10; index++) await addUser(origin, `user${index}`);
  await kill(doomed);
  silent.close();
  const server = await startMailServer(context, { port: silent.port });
  const again = await startProcess(context, store, { env: mailing(server) }).running;
  await until(() => server.mails.length >= 11, 'all mails have come');
  assert.equal(new Set(server.mails.flatMap(({ to }) => to)).size, 11);
  const mail = server.mails.find(({ to }) => to.includes('minnie@mouse.com'));
  assert.ok(mail);
  assert.equal(await verify(again, minnie, mail), 200);
  await until(async () => statesOf(await listed(again)).get('delivered') === 11, 'all are known to be delivered');
  assert.equal(server.mails.length, 11);
});

async function listed(origin: string): Promise<{ state: string; text?: string }[]> {
  return (await ask(origin, 'GET /messages')).body['messages'] as { state: string; text?: string }[];
}

function statesOf(messages: readonly { state: string }[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const { state } of messages) states.set(state, (states.get(state) ?? 0) + 1);
  return states;
}

test('two servers, one with two workers, on one database deliver each message once, and count alike', async (context) => {
  const database = await testDatabase(context);
  const server = await startMailServer(context);
  const env = mailing(server);
  const here = await startProcess(context, database, { env }).running;
  const there = await startProcess(context, database, { env: { ...env, MUSTER_WORKERS: '2' } }).running;
  const names = Array.from({ length: 30 }, () => `user-${randomBytes(4).toString('hex')}`);
  await Promise.all(names.map((name, index) => addUser(index % 2 === 0 ? here : there, name)));
  await until(() => server.mails.length >= 30, 'all mails have come');
  await until(async () => statesOf(await listed(here)).get('delivered') === 30, 'all are known to be delivered');
  assert.deepEqual(server.mails.map(({ to }) => to[0]).sort(), names.map((name) => `${name}@mouse.com`).sort());
  const counted = async (origin: string) =>
    Number(/^muster_messages_delivered_total (\d+)$/m.exec(await (await fetch(`${origin}/metrics`)).text())?.[1]);
  assert.equal((await counted(here)) + (await counted(there)), 30);
});

test('a mail server that never answers keeps nobody waiting, no answer, no text message and no end', async (context) => {
  const silent = await silentServer(context);
  const provider = await startTextProvider(context);
  const texting = { MUSTER_SMS_URL: provider.url, MUSTER_SMS_SECRET: 'a-secret-that-signs-texts' };
  const server = await startServer({ ...mailing(silent), ...texting });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.close();
    return closing;
  };
  context.after(close);
  await addUser(server.origin, 'minnie', '+41791234567');
  await until(() => provider.requests.length === 1 && silent.connections() === 1, 'both have begun');
  assert.match(JSON.parse(provider.requests[0]?.body ?? '').text, /^Ihr Code zum Bestätigen dieser Nummer lautet /);
  assert.equal((await fetch(`${server.origin}/readyz`)).status, 200);
  await until(async () => statesOf(await listed(server.origin)).get('delivered') === 1, 'the text is delivered');
  const shown = await listed(server.origin);
  const [mail] = shown.filter(({ state }) => state === 'waiting');
  const { id: _, user: __, ...rest } = mail as unknown as Record<string, unknown>;
  assert.deepEqual(rest, {
    channel: 'email',
    to: 'minnie@mouse.com',
    createdAt: '2026-11-21T10:00:00.000Z',
    expiresAt: '2026-11-21T11:00:00.000Z',
    state: 'waiting',
    attempts: 1,
    nextAttemptAt: '2026-11-21T10:02:00.000Z',
  });
  const figures = await (await fetch(`${server.origin}/metrics`)).text();
  for (const [name, value] of Object.entries({ waiting: 1, delivered_total: 1, failed_total: 0 })) {
    assert.ok(figures.includes(`\nmuster_messages_${name} ${value}\n`), name);
  }
  const before = process.hrtime.bigint();
  await close();
  assert.ok(process.hrtime.bigint() - before < 10_000_000_000n, 'it ends while the delivery is under way');
});

test('what nobody delivers is shown to the owner, one channel beside the other', async (context) => {
  const silent = await silentServer(context);
  const server = await startServer(mailing(silent));
  context.after(() => server.close());
  await addUser(server.origin, 'minnie', '+41791234567');
  const texts = (await listed(server.origin)).map((message) => [
    (message as unknown as { channel: string }).channel,
    message.text?.replace(/[A-Z0-9]{6}/, 'CODE'),
  ]);
  const said = 'Ihr Code zum Bestätigen dieser Nummer lautet CODE. Er gilt noch 60 Minuten.';
  assert.deepEqual(
    new Map(texts as [string, string][]),
    new Map([
      ['text', said],
      ['email', undefined],
    ] as never),
  );
});
