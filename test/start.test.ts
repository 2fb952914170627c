import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { renameSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dialects } from '#dialects/index.ts';
import { checkout } from './checkout.ts';
import { type Child, startChild } from './child.ts';

const anyPort = ['--port', '0'];
const inMemory = [...anyPort, '--store', 'sqlite::memory:'];
const given = { MUSTER_ADMIN_TOKEN: 'a-token-that-was-given-to-it', MUSTER_ADMIN_PASSWORD: 'given!' };

const npmStart = (context: TestContext, cwd: string, args: string[], env: Record<string, string> = {}): Child =>
  startChild(context, ['npm', 'start', '--', ...args], { cwd, env });

const serve = (context: TestContext, cwd: string, args: string[], env: Record<string, string> = {}): Child =>
  startChild(context, [process.execPath, 'src/cli.ts', 'serve', ...args], { cwd, env });

function credentials(text: string): { password: string; token: string } {
  const [, password = '', token = ''] = /^ {2}password {2}(\S+)\n {2}token {5}(\S+)$/m.exec(text) ?? [];
  return { password, token };
}

async function statusWith(token: string, origin: string): Promise<number> {
  const answer = await fetch(`${origin}/directory/v1/messages`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
}

async function stop(child: Child): Promise<number | null> {
  child.process.kill('SIGTERM');
  return await child.ended;
}

test('npm start serves, and says where, what and with which administrator', async (context) => {
  const child = npmStart(context, checkout(context), inMemory);
  const origin = await child.running;
  assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(child.out(), /Store +in memory/);
  for (const { title, at } of dialects) assert.ok(child.out().includes(`  ${origin}${at}\n`), title);
  const { password, token } = credentials(child.out());
  assert.ok(password.length >= 12);
  assert.match(token, /^muster_\S{30,}$/);
  assert.equal(await statusWith(token, origin), 200);
  assert.equal(await statusWith('muster_wrong', origin), 401);
});

test('every command that it shows works when it is pasted', async (context) => {
  const child = serve(context, checkout(context), inMemory);
  await child.running;
  const [, commands = ''] = child.out().split('another terminal:\n\n');
  const shim = fileURLToPath(new URL('./curl.ts', import.meta.url));
  const script = `set -e\ncurl() { "${process.execPath}" "${shim}" "$@"; }\n${commands}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  const statuses = stdout.split('\n').filter((line) => line !== '');
  assert.equal(statuses.length, commands.match(/curl /g)?.length);
  assert.ok(statuses.length >= 2, stdout);
  for (const status of statuses) assert.match(status, /^200 /);
});

test('a signal to npm alone finishes what is in flight, closes and ends with 0', async (context) => {
  const child = npmStart(context, checkout(context), anyPort, given);
  const { hostname, port } = new URL(await child.running);
  const body = JSON.stringify({ username: 'in-flight' });
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /directory/v1/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${given.MUSTER_ADMIN_TOKEN}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  const answered = new Promise((resolve) => socket.on('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.process.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.write(body.slice(5));
  await answered;
  assert.match(answer, /^HTTP\/1\.1 201 Created\r\n/);
  assert.match(answer, /\r\nconnection: close\r\n/i);
  assert.equal(await child.ended, 0);
  await assert.rejects(fetch(`http://${hostname}:${port}/healthz`));
});

test('Ctrl-C, which reaches npm and the server and is then passed on by npm, ends with 0', async (context) => {
  const child = npmStart(context, checkout(context), inMemory);
  await child.running;
  process.kill(-(child.process.pid ?? 0), 'SIGINT');
  assert.equal(await child.ended, 0);
  assert.match(child.err(), /"msg":"closed"/);
});

test('a second start of the same store shows no secret, and the first token still opens', async (context) => {
  const folder = checkout(context);
  const first = serve(context, folder, anyPort);
  await first.running;
  const { password, token } = credentials(first.out());
  assert.match(first.out(), /Store +data\/muster\.db/);
  assert.equal(await stop(first), 0);
  const second = serve(context, folder, anyPort);
  const origin = await second.running;
  assert.doesNotMatch(second.out(), /muster_|administrator has been made/);
  assert.ok(!second.out().includes(password));
  assert.equal(await statusWith(token, origin), 200);
});

test('what is given is not shown; given otherwise later, it replaces the old, as a recorded change', async (context) => {
  const folder = checkout(context);
  const first = serve(context, folder, anyPort, given);
  assert.equal(await statusWith(given.MUSTER_ADMIN_TOKEN, await first.running), 200);
  assert.ok(!first.out().includes(given.MUSTER_ADMIN_TOKEN) && !first.out().includes('given!'));
  assert.equal(await stop(first), 0);

  const changed = 'another-token-that-was-given';
  const second = serve(context, folder, anyPort, { MUSTER_ADMIN_TOKEN: changed, MUSTER_ADMIN_PASSWORD: 'other!' });
  const origin = await second.running;
  assert.equal(await statusWith(changed, origin), 200);
  assert.equal(await statusWith(given.MUSTER_ADMIN_TOKEN, origin), 401);
  const id = /users\/([0-9a-f-]{36})\/changes/.exec(second.out())?.[1];
  const headers = { authorization: `Bearer ${changed}` };
  const answer = await fetch(`${origin}/directory/v1/users/${id}/changes`, { headers });
  const { changes } = (await answer.json()) as { changes: { actor: { kind: string }; changes: object }[] };
  const recorded = (path: string) => changes.filter((change) => path in change.changes);
  assert.equal(recorded('password.setAt').length, 2);
  assert.equal(recorded('accessToken.setAt').length, 2);
  assert.ok(changes.every(({ actor }) => actor.kind === 'system'));
});

test('nothing secret is logged, even at debug', async (context) => {
  const child = serve(context, checkout(context), [...inMemory, '--log-level', 'debug'], given);
  const origin = await child.running;
  await fetch(`${origin}/directory/v1/messages?token=${given.MUSTER_ADMIN_TOKEN}`, {
    headers: { authorization: `Bearer ${given.MUSTER_ADMIN_TOKEN}` },
  });
  assert.equal(await stop(child), 0);
  assert.match(child.err(), /"path":"\/directory\/v1\/messages"/);
  assert.doesNotMatch(child.err(), /a-token-that|given!/);
});

test('/ is a plain page that says what runs where', async (context) => {
  const child = serve(context, checkout(context), inMemory, given);
  const answer = await fetch(`${await child.running}/`);
  const page = await answer.text();
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  for (const { at } of dialects) assert.ok(page.includes(`<code>${at}</code>`), at);
  assert.doesNotMatch(page, /<script|a-token-that/);
});

async function refused(child: Child, code: number, line: RegExp): Promise<void> {
  await assert.rejects(child.running);
  assert.equal(await child.ended, code);
  assert.match(child.err(), line);
  assert.equal(child.err().trimEnd().split('\n').length, 1, child.err());
}

test('an address in use stops the start with one line; the administrator is shown by the next', async (context) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.on('listening', resolve));
  context.after(() => holder.close());
  const { port } = holder.address() as { port: number };
  const folder = checkout(context);
  const child = serve(context, folder, ['--port', String(port)]);
  await refused(child, 1, new RegExp(`^muster: 127\\.0\\.0\\.1:${port} is in use`));
  const next = serve(context, folder, anyPort);
  await next.running;
  assert.match(credentials(next.out()).token, /^muster_/);
});

test('a wrong value, an unknown option and an unknown variable stop the start with one line', async (context) => {
  const folder = checkout(context);
  await refused(serve(context, folder, ['--port', 'x']), 2, /^muster: --port must be a number from 0 to 65535\.$/m);
  await refused(serve(context, folder, ['--prot', '1']), 2, /^muster: There is no option --prot;/);
  await refused(serve(context, folder, [], { MUSTER_PROT: '1' }), 2, /^muster: There is no setting MUSTER_PROT;/);
});

test('a store that is in use, or without its key, is refused with one line', async (context) => {
  const folder = checkout(context);
  const first = serve(context, folder, anyPort);
  await first.running;
  await refused(serve(context, folder, anyPort), 1, /^muster: .*muster\.db/);
  assert.equal(await stop(first), 0);
  renameSync(join(folder, 'data/muster.key'), join(folder, 'data/elsewhere.key'));
  await refused(serve(context, folder, anyPort), 1, /^muster: .*muster\.key is not/);
  renameSync(join(folder, 'data/elsewhere.key'), join(folder, 'data/muster.key'));
  await serve(context, folder, anyPort).running;
});

test('the command line knows help, its version, and what it does not know', async (context) => {
  const cwd = checkout(context);
  const run = (...args: string[]) => startChild(context, [process.execPath, 'src/cli.ts', ...args], { cwd });
  for (const args of [['help'], [], ['serve', '--help']]) {
    const help = run(...args);
    help.running.catch(() => {});
    assert.equal(await help.ended, 0);
    for (const name of ['port', 'store', 'admin-token', 'devicehive-jwt-secret'])
      assert.ok(help.out().includes(`--${name}`));
    assert.match(help.out(), /MUSTER_PORT, 7400 unless given/);
  }
  const version = run('version');
  version.running.catch(() => {});
  assert.equal(await version.ended, 0);
  assert.match(version.out(), /^\d+\.\d+\.\d+\n$/);
  await refused(run('dance'), 2, /^muster: There is no command dance;/);
});
