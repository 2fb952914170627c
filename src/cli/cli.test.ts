import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSealer } from '#auth/aes-sealer.ts';
import { TokenGuard } from '#auth/token-guard.ts';
import { checkout } from '#test/checkout.ts';
import { startChild } from '#test/child.ts';
import { cheapHasher } from '#test/directory.ts';
import { startServer, type TestServer } from '#test/server.ts';

// The real command line, as a process of its own, against a real server.

const cli = fileURLToPath(new URL('../muster.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'muster-cli-'));
let server: TestServer;
before(async () => {
  server = await startServer();
});
after(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

interface Given {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `muster` with the administrator's token. */
async function muster(args: readonly string[], { stdin = '', env = {} }: Given = {}): Promise<Ended> {
  const given = { MUSTER_URL: server.origin, MUSTER_TOKEN: server.token, ...env };
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MUSTER_|NODE_TEST)/.test(name));
  const child = spawn(process.execPath, [cli, ...args], { env: { ...Object.fromEntries(inherited), ...given } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, out, err };
}

async function done(args: readonly string[], given: Given = {}): Promise<string> {
  const { exit, out, err } = await muster(args, given);
  assert.equal(exit, 0, err);
  return out;
}

/** It ends with this code and one line that says why, and prints nothing else. */
async function refused(args: readonly string[], code: number, message: RegExp, given: Given = {}): Promise<void> {
  const { exit, out, err } = await muster(args, given);
  assert.deepEqual([exit, out], [code, ''], args.join(' '));
  assert.match(err, message);
  assert.match(err, /^muster: .*\n$/);
}

async function answer(path: string, token = server.token): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const got = await fetch(`${server.origin}/directory/v1${path}`, { headers });
  return { status: got.status, text: await got.text() };
}

test('a user is created, shown, changed, found and deleted', async () => {
  const options = ['--email', 'mini@mouse.com', '--given-name', 'Minnie', '--data', '{"__proto__":{"a":null}}'];
  const created = JSON.parse(await done(['user', 'create', 'minnie', ...options, '--json']));
  const { text } = await answer(`/users/${created.id}`);
  for (const name of [['minnie'], [created.id], [created.ids.zitadel, '--as', 'zitadel']]) {
    assert.equal(await done(['user', 'show', ...name, '--json']), `${text}\n`);
  }
  assert.match(await done(['user', 'show', 'minnie']), /^profile\.givenName\tMinnie$/m);
  await done(['user', 'update', 'MINNIE', '--email', '', '--nick-name', 'Min']);
  const changed = JSON.parse((await answer(`/users/${created.id}`)).text);
  assert.deepEqual([changed.email, changed.profile], [undefined, { givenName: 'Minnie', nickName: 'Min' }]);
  assert.match(await done(['user', 'list', '--name', 'minnie']), /^id\tusername.*\n\S+\tminnie\thuman\tactive\t\t\n$/);
  assert.equal(await done(['user', 'lock', 'minnie']), 'minnie is locked.\n');
  assert.equal(await done(['user', 'disable', 'minnie']), 'minnie is disabled.\n');
  assert.equal(await done(['user', 'unlock', 'minnie']), 'minnie is disabled.\n');
  assert.equal(await done(['user', 'enable', 'minnie']), 'minnie is active.\n');
  await refused(['user', 'delete', 'minnie'], 2, /Delete the user minnie\? Say --yes/);
  assert.equal((await answer(`/users/${created.id}`)).status, 200);
  assert.equal(await done(['user', 'delete', 'minnie', '--yes']), 'minnie has been deleted.\n');
  await refused(['user', 'show', 'minnie'], 3, /There is no user minnie\./);
});

test('a list that goes on says so, and where', async () => {
  await done(['user', 'create', 'another']);
  const { out, err, exit } = await muster(['user', 'list', '--limit', '1']);
  assert.deepEqual([exit, out.split('\n').length, err], [0, 3, 'There are more: --offset 1 shows them.\n']);
  assert.equal(await done(['user', 'list', '--limit', '1', '--json']), `${(await answer('/users?limit=1')).text}\n`);
});

test('a password comes by standard input, and a body by a file or by standard input', async () => {
  const body = join(folder, 'body.json');
  writeFileSync(body, '{"profile":{"givenName":"Donald","nickName":"Don"}}');
  await done(['user', 'create', 'donald', '--body', body, '--nick-name', 'D', '--password-stdin'], {
    stdin: 'Passw0rd!\n',
  });
  const { users } = JSON.parse((await answer('/users?name=donald')).text);
  assert.deepEqual(users[0].profile, { givenName: 'Donald', nickName: 'D' });
  const signIn = { name: 'donald', password: 'Passw0rd!' };
  const sealer = createSealer([new Uint8Array(32)], server.random);
  const guard = new TokenGuard({ ...server, sealer, hasher: cheapHasher });
  assert.equal(
    (await guard.signIn({ ...signIn, lockAfterAttempts: 0 }, { dialect: 'directory' })).fields.username,
    'donald',
  );
  await done(['user', 'update', 'donald', '--body', '-'], { stdin: '{"data":{"a":1}}' });
  const both = ['user', 'update', 'donald', '--body', '-', '--password-stdin'];
  await refused(both, 2, /cannot be both the body and the password/, { stdin: '{}' });
  await refused(['user', 'update', 'donald', '--password'], 2, /use --password-stdin/);
  await refused(['user', 'update', 'donald', '--body', '-'], 2, /must be a JSON object/, { stdin: '[]' });
  await refused(['user', 'update', 'donald'], 2, /Nothing is to be changed/);
  await refused(['user', 'update', 'donald', '--password-stdin'], 1, /password/, { stdin: 'short' });
});

test('a token is made, used, listed and revoked', async () => {
  await done(['user', 'create', 'tick']);
  const limits = ['--permissions', 'users.read', '--expires', '2030-01-31'];
  const made = await muster(['token', 'create', '--user', 'tick', ...limits, '--json']);
  const { token, ...row } = JSON.parse(made.out);
  assert.deepEqual([made.exit, row.permissions, row.expiresAt], [0, ['users.read'], '2030-01-31T00:00:00.000Z']);
  assert.match(await done(['user', 'show', 'tick'], { env: { MUSTER_TOKEN: token } }), /^username\ttick$/m);
  await refused(['user', 'lock', 'tick'], 4, /does not allow users\.write/, { env: { MUSTER_TOKEN: token } });
  const listed = JSON.parse(await done(['token', 'list', '--user', 'tick', '--json']));
  assert.deepEqual(listed, { tokens: [row] });
  assert.ok(!(await done(['token', 'list'])).includes(token));
  await refused(['token', 'revoke', row.id], 2, /Say --yes/);
  assert.equal(await done(['token', 'revoke', row.id, '--yes']), `The token ${row.id} has ended.\n`);
  await refused(['user', 'show', 'tick'], 4, /The token is not valid\./, { env: { MUSTER_TOKEN: token } });
  await refused(['token', 'revoke', row.id, '--yes'], 3, /There is no such token\./);
  await refused(['token', 'create', '--permissions', 'everything'], 1, /users\.read, users\.write/);
});

test('for people a token stands on standard output, and that it is shown once beside it', async () => {
  const { exit, out, err } = await muster(['token', 'create', '--user', '1', '--as', 'zitadel']);
  assert.deepEqual([exit, err], [0, 'The token is shown this once: keep it.\n']);
  assert.match(out, /^token\tmuster_\S+\nid\t/);
});

test('a client is let in, listed and shut out', async () => {
  const created = JSON.parse(await done(['client', 'create', '--dialect', 'accela', '--name', 'Permits', '--json']));
  assert.match(created.secret, /^\S{32}$/);
  const given = ['client', 'create', '--dialect', 'twosms', '--id', 'app', '--secret-stdin'];
  assert.equal(JSON.parse(await done([...given, '--json'], { stdin: 'a-secret-of-some-length\n' })).secret, undefined);
  const list = await done(['client', 'list']);
  assert.match(list, /^dialect\tid\tname\tcreatedAt\naccela\t\S+\tPermits\t\S+\ntwosms\tapp\tapp\t\S+\n$/);
  assert.ok(!list.includes(created.secret));
  assert.equal(
    await done(['client', 'revoke', 'twosms', 'app', '--yes']),
    'The client app of twosms has been shut out.\n',
  );
  await refused(['client', 'revoke', 'twosms', 'app', '--yes'], 3, /There is no such client\./);
  await refused(['client', 'create', '--dialect', 'zitadel'], 1, /accela, twosms/);
  await refused(['client', 'create'], 2, /--dialect is missing/);
});

test('a realm is made, shown and listed', async () => {
  const given = [
    '--region',
    'CH',
    '--language',
    'de',
    '--time-zone',
    'Europe/Zurich',
    '--ids',
    'zitadel=42,accela=ZRH',
  ];
  const made = JSON.parse(await done(['realm', 'create', 'City', ...given, '--json']));
  const { id, createdAt, ...rest } = made;
  const ids = { directory: id, zitadel: '42', accela: 'ZRH', twosms: id };
  assert.deepEqual(rest, { ids, name: 'City', language: 'de', region: 'CH', timeZone: 'Europe/Zurich' });
  assert.deepEqual(JSON.parse(await done(['realm', 'get', id, '--json'])), made);
  assert.deepEqual(JSON.parse(await done(['realm', 'get', '42', '--as', 'zitadel', '--json'])), made);
  assert.match(
    await done(['realm', 'list']),
    new RegExp(`^${id}\tCity\t42\tZRH\tde\tCH\tEurope/Zurich\t${createdAt}$`, 'm'),
  );
  assert.match(await done(['realm', 'list', '--limit', '1']), /^id\tname[^\n]*\n[^\n]*\tmain\t1\tMAIN[^\n]*\n$/);
  const mayor = JSON.parse(await done(['user', 'create', 'mayor', '--realm', id, '--json']));
  assert.equal(mayor.realm, 'City');
  await refused(['realm', 'create', 'Other', '--ids', 'zitadel=42'], 1, /id of another realm/);
  await refused(['realm', 'create', 'Other', '--ids', 'zitadel'], 2, /--ids must be a list/);
  await refused(['realm', 'get', 'none'], 3, /There is no such realm\./);
});

test('the token comes from the environment, a file, standard input or an option', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, `${server.token}\n`);
  const env = { MUSTER_TOKEN: '' };
  await refused(['user', 'list'], 4, /A token is needed: set MUSTER_TOKEN/, { env });
  await done(['user', 'list', '--token-file', file], { env });
  await done(['user', 'list', '--token-file', '-'], { env, stdin: `${server.token}\n` });
  await done(['user', 'list', '--token', server.token], { env });
  await refused(['user', 'list', '--token', 'x', '--token-file', file], 2, /exclude each other/, { env });
  await refused(['user', 'list', '--token-file', `${file}-not`], 2, /cannot be read/, { env });
});

test('a server that is not there, is none, or is named wrongly', async (context) => {
  const other = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  context.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await refused(['user', 'list', '--url', `http://127.0.0.1:${port}`], 5, /is no Muster server/);
  await new Promise((resolve) => other.close(resolve));
  await refused(['user', 'list', '--url', `http://127.0.0.1:${port}`], 5, /nothing listens there/);
  await refused(['user', 'list', '--url', 'ftp://x'], 2, /ftp:\/\/x is no address of a server/);
});

test('what is misspelt is told by name, and help tells what there is', async () => {
  await refused(['dance'], 2, /There is no command dance;/);
  await refused(['user'], 2, /user must be followed by one of list, show, create/);
  await refused(['user', 'dance'], 2, /user must be followed by one of/);
  await refused(['user', 'list', '--nope'], 2, /There is no option --nope here/);
  await refused(['help', 'dance'], 2, /There is no command dance;/);
  const overview = await done(['help']);
  const { commands } = await import('./commands.ts');
  for (const { name } of commands) assert.ok(overview.includes(`muster ${name} `), name);
  assert.match(overview, /Exit codes:\n {2}0 {2}done\n/);
  assert.match(await done(['token', 'create', '--help']), /--permissions <list>/);
  assert.match(await done(['help', 'client']), /muster client create[\s\S]*muster client revoke <dialect> <id>/);
});

test('npm run muster works in a fresh clone as the README has it', async (context) => {
  const env = { MUSTER_URL: server.origin, MUSTER_TOKEN: server.token };
  const command = ['npm', 'run', 'muster', '--', 'token', 'create', '--user', 'admin'] as const;
  const child = startChild(context, command, { cwd: checkout(context), env });
  child.running.catch(() => {});
  assert.equal(await child.ended, 0, child.err());
  assert.match(child.out(), /^token\tmuster_\S+$/m);
});
