import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { TokenGuard } from '#auth/token-guard.ts';
import { Acting } from '#core/acting.ts';
import type { Command } from '#core/command.ts';
import type { ActingDirectory } from '#core/directory.ts';
import { type Permission, permissions } from '#core/permissions.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { addAccessToken } from './access-tokens.ts';
import { addClientSecret, removeClientSecret } from './client-secret.ts';
import { createClient, revokeClient } from './clients.ts';
import { confirmCode } from './confirm-code.ts';
import { createRealm } from './create-realm.ts';
import { createUser } from './create-user.ts';
import { deleteMetadata } from './delete-metadata.ts';
import { deleteUser } from './delete-user.ts';
import { grantOwnership } from './grant-ownership.ts';
import { issueTokens } from './issue-tokens.ts';
import { addKey, removeKey } from './machine-keys.ts';
import { registerTotp } from './register-totp.ts';
import { removeTotp } from './remove-totp.ts';
import { requestCode } from './request-code.ts';
import { requestInvitation } from './request-invitation.ts';
import { reviseUser } from './revise-user.ts';
import { setMetadata } from './set-metadata.ts';
import { setPassword } from './set-password.ts';
import { setState } from './set-state.ts';
import { createToken, revokeToken } from './tokens.ts';
import { updateUser } from './update-user.ts';
import { verifyTotp } from './verify-totp.ts';

// Whoever adds a command says here which permission it demands.

let world: TestDirectory;
let guard: TokenGuard;
let owner: User;
let minnie: User;
before(async () => {
  world = await openTestDirectory();
  guard = new TokenGuard({ ...world, hasher: cheapHasher });
  [owner, minnie] = [await world.create({ username: 'owner' }), await world.create({ username: 'minnie' })];
  const ownership = { tokenHash: 'ab'.repeat(32), given: {}, announced: true, check: '' };
  await world.system().run(grantOwnership, { user: owner.key, ownership });
});
after(() => world.close());

/** The owner of the directory, by a token that is limited to these. */
async function limitedTo(limits: readonly Permission[]): Promise<ActingDirectory> {
  const { result } = await world.system().run(createToken, { user: owner.key, permissions: limits });
  return world.as(await guard.authenticate(result.token, 'directory'));
}

/** A command that no token that is limited may run. */
const unlimited = undefined;
const client = { dialect: 'accela', realm: 1, name: 'x' };
const password = { set: { plain: 'x' }, rules: { minLength: 1, maxLength: 9 }, lockAfterAttempts: 0 };
const expiresAt = '9999-12-31T23:59:59.000Z';
const realm = { key: 7, ids: {}, fields: { name: 'x', language: 'en', region: 'US', timeZone: 'UTC' } };
const run = <Input>(command: Command<Input, never, unknown>, input: Input) => [command.name, input, command] as const;

const demands = (user: number): (readonly [Permission | undefined, readonly [string, unknown, unknown]])[] => [
  ['users.write', run(createUser as never, { realm: 1, kind: 'human', patch: { username: 'x' } })],
  ['users.write', run(updateUser as never, { user, patch: { 'profile.givenName': 'x' } })],
  ['users.write', run(updateUser as never, { user })],
  ['users.write', run(reviseUser as never, { user, names: [], revise: () => ({}) })],
  ['users.write', run(setPassword as never, { user, password })],
  ['users.write', run(setState as never, { user, action: 'lock' })],
  ['users.write', run(setState as never, { user, action: 'enable' })],
  ['users.write', run(requestCode as never, { user, code: 'password', deliver: 'return' })],
  ['users.write', run(requestInvitation as never, { user, request: { deliver: 'return' } })],
  ['users.write', run(confirmCode as never, { user, code: 'email', given: 'x' })],
  ['users.write', run(registerTotp as never, { user })],
  ['users.write', run(verifyTotp as never, { user, code: '123456' })],
  ['users.write', run(removeTotp as never, { user })],
  ['users.write', run(deleteUser as never, { user })],
  ['users.write', run(setMetadata as never, { user, metadata: [] })],
  ['users.write', run(deleteMetadata as never, { user, keys: [] })],
  ['tokens.write', run(createToken as never, { user })],
  ['tokens.write', run(revokeToken as never, { id: 'x' })],
  ['clients.write', run(createClient as never, client)],
  ['clients.write', run(revokeClient as never, { dialect: 'accela', id: 'x' })],
  [unlimited, run(addAccessToken as never, { user, dialect: 'zitadel', rights: null, expiresAt })],
  [unlimited, run(addClientSecret as never, { user })],
  [unlimited, run(addKey as never, { user, dialect: 'zitadel', publicKey: '', expiresAt })],
  [unlimited, run(removeClientSecret as never, { user })],
  [unlimited, run(removeKey as never, { user, dialect: 'zitadel', id: 'x' })],
  [unlimited, run(issueTokens as never, { user: { key: user }, tokens: [] })],
  [unlimited, run(createRealm as never, realm)],
];

const reads = (user: number): (readonly [Permission, string, (acting: ActingDirectory) => Promise<unknown>])[] => [
  ['users.read', 'get', (acting) => acting.get(user)],
  ['users.read', 'getBy', (acting) => acting.getBy('zitadel', '2')],
  ['users.read', 'find', (acting) => acting.find({ op: 'all' }, { offset: 0, limit: 1 })],
  ['users.read', 'list', (acting) => acting.list({ op: 'all' }, { offset: 0, limit: 1 })],
  ['users.read', 'count', (acting) => acting.count({ op: 'all' })],
  ['users.read', 'changesOf', (acting) => acting.changesOf(user)],
  ['users.read', 'metadata', (acting) => acting.metadata(user, { filters: [], offset: 0, limit: 1 })],
  ['messages.read', 'messages', (acting) => acting.messages(1)],
  ['tokens.read', 'tokens', (acting) => acting.tokens({ limit: 1 })],
  ['tokens.read', 'token', (acting) => acting.token('owner')],
  ['tokens.read', 'lastingTokens', (acting) => acting.lastingTokens('zitadel')],
  ['users.read', 'keys', (acting) => acting.keys('zitadel')],
  ['users.read', 'realms', (acting) => acting.realms({ limit: 1 })],
  ['clients.read', 'clients', (acting) => acting.clients(1)],
];

test('every command is refused to a token that has every permission but its own', async () => {
  for (const [needed, [name, input, command]] of demands(minnie.key)) {
    const others = permissions.filter((permission) => permission !== needed);
    const attempt = (await limitedTo(others)).run(command as Command<unknown, unknown, unknown>, input);
    await assert.rejects(attempt, { code: 'permission_denied', reason: 'not_permitted' }, name);
  }
  assert.equal((await world.user(minnie.key)).version, 1);
});

test('every read is refused to a token that has every permission but its own, and the one that includes it', async () => {
  for (const [needed, name, read] of reads(minnie.key)) {
    const wider = needed.replace('.read', '.write');
    const others = permissions.filter((permission) => permission !== needed && permission !== wider);
    await assert.rejects(read(await limitedTo(others)), { reason: 'not_permitted' }, name);
    await read(await limitedTo([needed]));
  }
  const all = Object.getOwnPropertyNames(Acting.prototype).filter((name) => name !== 'constructor' && name !== 'run');
  assert.deepEqual(
    all.sort(),
    reads(0)
      .map(([, name]) => name)
      .sort(),
  );
});

test('no command is forgotten here', () => {
  /** Those of the server itself, and what every sign-in comes with. */
  const ownCommands = ['confirm-password', 'found-owner', 'grant-ownership', 'sign-in', 'touch-login'];
  const known = new Set([...demands(0).map(([, [name]]) => name), ...ownCommands]);
  const folder = new URL('./', import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const named = sources.flatMap((name) => [
    ...readFileSync(new URL(name, folder), 'utf8').matchAll(/^ {2,4}name: '([a-z-]+)',$/gm),
  ]);
  assert.ok(named.length > 10);
  for (const [, name = ''] of named) assert.ok(known.has(name), name);
});
