import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { adminToken, ask } from './processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What many servers never need, and what takes a start and the memory of each most; `undici` is a part of Node's. */
const heavy = [
  ...[
    '@connectrpc/connect',
    '@fastify/fast-json-stringify-compiler',
    '@opentelemetry/api',
    'ajv',
    'cli-table3',
    'jose',
  ],
  ...['libphonenumber-js', 'nodemailer', 'otpauth', 'pg', 'prom-client', 'typebox', 'undici', 'windows-iana'],
];

test('a start loads nothing that only some requests or some servers need', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-loaded-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'loaded');
  const loaded = (): Set<string> => new Set(readFileSync(file, 'utf8').trim().split('\n').map(packageOf));
  const heavyOnes = (): string[] => heavy.filter((name) => loaded().has(name));
  const preload = join(root, 'test/loaded-modules.ts');
  const command = [process.execPath, '--import', preload, 'src/muster.mjs', 'serve', '--port', '0'] as const;
  const env = { MUSTER_STORE: 'sqlite::memory:', MUSTER_ADMIN_TOKEN: adminToken, LOADED_MODULES: file };
  const child = startChild(context, command, { cwd: root, env });
  const origin = await child.running;

  assert.equal((await ask(origin, 'GET /users/1?as=zitadel')).status, 200);
  assert.deepEqual(heavyOnes(), []);

  const phone = { entered: '+41 79 555 12 34' };
  const body = { username: 'minnie', profile: { givenName: 'Minnie', familyName: 'Mouse' }, phone };
  assert.equal((await ask(origin, 'POST /users', { body })).status, 201);
  child.process.kill('SIGTERM');
  assert.equal(await child.ended, 0);
  assert.deepEqual(heavyOnes(), ['libphonenumber-js', 'typebox']);
  assert.ok(loaded().has('fastify'));
});

/** Of the thread that writes as of any other. */
function packageOf(line: string): string {
  const [, url = ''] = line.split(' ');
  return /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? url;
}
