import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { TokenGuard } from '#auth/token-guard.ts';
import type { ActingDirectory } from '#core/directory.ts';
import type { Permission } from '#core/permissions.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory, viaOf } from '#test/directory.ts';
import { createClient, revokeClient } from './clients.ts';
import { createToken, revokeToken } from './tokens.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
let guard: TokenGuard;
const worlds: TestDirectory[] = [];
const denied = { code: 'permission_denied', reason: 'not_permitted' } as const;
const app = { dialect: 'accela', id: 'app', realm: 1, name: 'App', secret: 'a-secret-of-some-length' } as const;
const via = viaOf('accela');

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  guard = new TokenGuard({ ...world, hasher: cheapHasher });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const user = (username: string, administers: string[] = [], realm = 1): Promise<User> =>
  world.create({ username, realm, patch: administers.length > 0 ? { administers } : {} });
async function by({ key }: User, permissions?: readonly Permission[]): Promise<ActingDirectory> {
  const input = { user: key, ...(permissions === undefined ? {} : { permissions }) };
  const { token = '' } = (await world.system().run(createToken, input)).result;
  return world.as(await guard.authenticate(token, 'directory'));
}
const signIn = (secret: string, id = 'app') => guard.signInClient({ dialect: 'accela', id, secret }, via);

test('a client signs in by its id and secret, of which only a hash is kept', async () => {
  const { result } = await world.system().run(createClient, app);
  assert.equal(result.secret, undefined);
  const client = await signIn(app.secret);
  assert.deepEqual([client.id, client.name, client.realm], ['app', 'App', 1]);
  const { records } = await world.store.load({ records: [{ dialect: 'accela', kind: 'client', id: 'app' }] });
  assert.ok(!JSON.stringify([...records.values()]).includes(app.secret));
  for (const attempt of [signIn('another-secret-of-length'), signIn(app.secret, 'other')]) {
    await assert.rejects(attempt, { code: 'unauthenticated', reason: 'client_invalid' });
  }
});

test('id and secret are made when they are not given, and the secret is told once', async () => {
  const { result } = await world.system().run(createClient, { dialect: 'accela', realm: 1, name: 'App' });
  assert.match(result.id, /^[0-9a-f-]{36}$/);
  assert.match(result.secret ?? '', /^[\w-]{32}$/);
  assert.equal((await signIn(result.secret ?? '', result.id)).guid, result.guid);
  const [listed = {}] = await (await by(await user('boss', ['directory']))).clients(10);
  assert.deepEqual([Object.hasOwn(listed, 'id'), Object.hasOwn(listed, 'secret')], [true, false]);
});

test('an id is taken once in each dialect', async () => {
  await world.system().run(createClient, app);
  await world.system().run(createClient, { ...app, dialect: 'twosms' });
  const taken = { code: 'already_exists', reason: 'id_taken', field: 'id' } as const;
  await assert.rejects(world.system().run(createClient, { ...app, realm: 2 }), taken);
  const both = await Promise.allSettled(
    ['x', 'y'].map((name) => world.system().run(createClient, { ...app, id: 'race', name })),
  );
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('ids, secrets and names within their limits alone', async () => {
  const wrong = [
    ['id', ''],
    ['id', 'with space'],
    ['id', 'x'.repeat(201)],
    ['id', '.'],
    ['id', '..'],
    ['secret', 'too-short'],
    ['secret', 'with a space in it, and long'],
    ['secret', 'x'.repeat(201)],
    ['name', 'a\u0000b'],
    ['name', 'x'.repeat(201)],
  ] as const;
  for (const [field, value] of wrong) {
    const attempt = world.system().run(createClient, { ...app, [field]: value });
    await assert.rejects(attempt, { code: 'invalid_argument', field }, `${field} ${value.slice(0, 20)}`);
  }
});

test('clients are for administrators of their dialect in their realm', async () => {
  const [plain, small, other] = [await user('plain'), await user('small', ['accela']), await user('other', ['twosms'])];
  const [boss, far] = [await user('boss', ['directory']), await user('far', ['directory'], 2)];
  for (const who of [plain, other, far]) {
    await assert.rejects((await by(who)).run(createClient, app), denied, who.fields.username);
  }
  await (await by(small)).run(createClient, app);
  await (await by(boss)).run(createClient, { ...app, id: 'two', dialect: 'twosms' });
  const seen = async (who: User) => (await (await by(who)).clients(10)).map(({ id }) => id);
  await assert.rejects(seen(plain), denied);
  assert.deepEqual(await seen(small), ['app']);
  assert.deepEqual(await seen(other), ['two']);
  assert.deepEqual(await seen(boss), ['app', 'two']);
  assert.deepEqual(await seen(far), []);
  assert.equal((await (await by(boss)).clients(1)).length, 1);
  const gone = { dialect: 'accela', id: 'app' };
  await assert.rejects((await by(far)).run(revokeClient, gone), { code: 'not_found', reason: 'client_not_found' });
  await assert.rejects((await by(other)).run(revokeClient, gone), denied);
  await assert.rejects((await by(plain)).run(revokeClient, gone), denied);
  await (await by(small)).run(revokeClient, gone);
  await assert.rejects((await by(small)).run(revokeClient, gone), { reason: 'client_not_found' });
});

test('a token without the permission neither makes, shows nor ends clients', async () => {
  const boss = await user('boss', ['directory']);
  await world.system().run(createClient, app);
  const without = await by(boss, ['users.write', 'tokens.write', 'messages.read']);
  await assert.rejects(without.clients(10), denied);
  const reader = await by(boss, ['clients.read']);
  assert.equal((await reader.clients(10)).length, 1);
  // A client changes users, so to make one takes that right too.
  const clientsAlone = await by(boss, ['clients.write']);
  await assert.rejects(clientsAlone.run(createClient, { ...app, id: 'two' }), denied);
  for (const acting of [without, reader]) {
    await assert.rejects(acting.run(createClient, { ...app, id: 'two' }), denied);
    await assert.rejects(acting.run(revokeClient, app), denied);
  }
});

test('what a client has got ends with it, at the very next call and in the same batch', async () => {
  const { result: client } = await world.system().run(createClient, app);
  const minnie = await user('minnie');
  const row = { use: 'access', dialect: 'accela', rights: null, signedIn: false } as const;
  await guard.issue({ client }, [{ ...row, token: 'own' }], via);
  await guard.issue({ client, user: minnie }, [{ ...row, token: 'for minnie' }], via);
  const own = world.as(await guard.authenticate('own', 'accela'), 'accela');
  const hers = world.as(await guard.authenticate('for minnie', 'accela'), 'accela');
  const change = (acting: ActingDirectory, givenName: string) =>
    acting.run(updateUser, { user: minnie.key, patch: { 'profile.givenName': givenName } });
  const outcomes = await Promise.allSettled([
    change(own, 'before'),
    world.system().run(revokeClient, app),
    change(own, 'after'),
    change(hers, 'after'),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  for (const token of ['own', 'for minnie']) {
    await assert.rejects(guard.authenticate(token, 'accela'), { reason: 'token_invalid' });
  }
  await assert.rejects(signIn(app.secret), { reason: 'client_invalid' });
});

test("a client's own token is shown to, and ended by, who administers its dialect", async () => {
  const { result: client } = await world.system().run(createClient, app);
  const row = { use: 'access', dialect: 'accela', rights: null, signedIn: false } as const;
  await guard.issue({ client }, [{ ...row, token: 'own' }], via);
  const [small, other] = [await by(await user('small', ['accela'])), await by(await user('other', ['twosms']))];
  const boss = await by(await user('boss', ['directory']));
  const shown = (await boss.tokens({ limit: 10 })).find(({ client: id }) => id === 'app');
  const id = shown?.id ?? '';
  const holder = { client: { dialect: 'accela', id: 'app' } };
  await assert.rejects(other.token(id), { reason: 'token_not_found' });
  await assert.rejects(other.run(revokeToken, { id, holder }), denied);
  assert.equal((await small.token(id)).client, 'app');
  await small.run(revokeToken, { id, holder });
  await assert.rejects(guard.authenticate('own', 'accela'), { reason: 'token_invalid' });
});

test('a dry run makes nothing and shows no secret', async () => {
  const { result } = await world.system().run(createClient, { ...app, id: 'dry' }, { dryRun: true });
  assert.deepEqual([result.secret, result.secretHash, result.guid], [undefined, '', '']);
  await assert.rejects(signIn(app.secret, 'dry'), { reason: 'client_invalid' });
});
