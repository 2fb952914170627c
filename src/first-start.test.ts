import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createSealer } from '#auth/aes-sealer.ts';
import { verifyChanges } from '#core/change.ts';
import { grantOwnership } from '#core/commands/grant-ownership.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { SecretDocs } from '#core/secret.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import { firstStart, type GivenAdministrator } from './first-start.ts';

let world: TestDirectory;
const worlds: TestDirectory[] = [];

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
});
after(() => Promise.all(worlds.map((each) => each.close())));

const start = (given: GivenAdministrator = {}) => firstStart(given, { ...world, realmIds: {} });
const owners = async (): Promise<User[]> => {
  const { users } = await world.system().find({ op: 'all' }, { offset: 0, limit: 100 });
  return users.filter(({ fields }) => fields.owner === true);
};
const owner = async () => (await owners())[0] as User;
const opens = async (token: string) => (await world.store.load({ tokens: [hashToken(token)] })).tokens.size === 1;
const hasPassword = async (password: string) => {
  const { key } = await owner();
  const [secret] = (await world.store.load({ secretsOf: [key] })).secrets.get(key) ?? [];
  const doc = secret?.doc as SecretDocs['password'] | undefined;
  return await cheapHasher.verify(doc?.hash ?? '', password);
};
const password = (plain: string) => ({
  set: { plain },
  rules: { minLength: 1, maxLength: 99 },
  lockAfterAttempts: 0,
});

test('the first start makes an owner, with a password and a token that work, in one change', async () => {
  const made = await start();
  const { key, fields, version } = await owner();
  assert.deepEqual([fields.username, fields.administers, version], ['admin', ['directory'], 1]);
  assert.ok(await hasPassword(made?.password ?? ''));
  assert.ok(await opens(made?.token ?? ''));
  assert.deepEqual(verifyChanges(await owner(), await world.store.changesOf('user', key)), { ok: true });
});

test('what was given is not answered', async () => {
  const made = await start({ username: 'root', password: 'given', token: 'a-token-that-was-given' });
  assert.deepEqual([made?.username, made?.password, made?.token], ['root', undefined, undefined]);
  assert.ok((await hasPassword('given')) && (await opens('a-token-that-was-given')));
});

test('until it has been shown, each start makes up others and shows those', async () => {
  const first = await start();
  const second = await start();
  assert.ok(!(await opens(first?.token ?? '')) && (await opens(second?.token ?? '')));
  assert.ok(await hasPassword(second?.password ?? ''));
  await second?.announced();
  assert.equal(await start(), undefined);
  assert.ok(await opens(second?.token ?? ''));
  assert.equal((await owners()).length, 1);
});

test('what the environment newly says replaces what there is, as a recorded change; what it says still does not', async () => {
  const given = { username: 'root', password: 'given', token: 'a-token-that-was-given' };
  await (await start(given))?.announced();
  const { key, version } = await owner();
  await start(given);
  assert.equal((await owner()).version, version, 'the same again is no change');
  await world.system().run(updateUser, { user: key, patch: { username: 'chief' }, password: password('rotated') });
  await start(given);
  assert.equal((await owner()).fields.username, 'chief');
  assert.ok(await hasPassword('rotated'));
  await start({ ...given, password: 'newly given', token: 'another-token-that-was-given' });
  assert.ok(await hasPassword('newly given'));
  assert.ok((await opens('another-token-that-was-given')) && !(await opens('a-token-that-was-given')));
  const { fields } = await owner();
  assert.equal(fields.username, 'chief');
  const changes = await world.store.changesOf('user', key);
  assert.deepEqual(
    changes.slice(-2).map(({ actor, changes: values }) => [actor.kind, Object.keys(values ?? {})]),
    [
      ['system', ['password.setAt']],
      ['system', ['accessToken.setAt']],
    ],
  );
});

test('nothing that was given is kept in clear', async () => {
  await start({ password: 'a-given-password', token: 'a-token-that-was-given' });
  const ownerRecord = { dialect: 'directory', kind: 'setting', id: 'owner' };
  const kept = JSON.stringify([...(await world.store.load({ records: [ownerRecord] })).records]);
  assert.ok(!kept.includes('a-given-password') && !kept.includes('a-token-that-was-given'));
});

test('several processes at once: one makes the owner, and the others wait until it has been shown', async (context) => {
  const database = await testDatabase(context);
  const open = async (seed: number) => {
    const opened = await openTestDirectory({ store: await database.open(), seed });
    worlds.push(opened);
    return opened;
  };
  world = await open(10);
  const others = await Promise.all([11, 12, 13].map(open));
  const ports = { realmIds: {}, patienceMs: 1000 };
  const cutOff = await firstStart({}, { ...world, ...ports, patienceMs: 0 });
  // All of them wait for what will never be shown, and go on at the same moment.
  const made = await Promise.all(
    others.map(async (other) => {
      const administrator = await firstStart({}, { ...other, ...ports });
      return administrator && { token: administrator.token ?? '', isOurs: await administrator.announced() };
    }),
  );
  assert.equal(await cutOff?.announced(), false);
  const shown = made.filter((each) => each !== undefined);
  assert.deepEqual([shown.length, shown[0]?.isOurs], [1, true]);
  assert.ok(await opens(shown[0]?.token ?? ''));
  assert.ok(!(await opens(cutOff?.token ?? '')));
  assert.equal((await owners()).length, 1);
});

test('nobody waits for what is not going to be shown', async (context) => {
  const database = await testDatabase(context);
  const first = await openTestDirectory({ store: await database.open(), seed: 20 });
  world = await openTestDirectory({ store: await database.open(), seed: 21 });
  worlds.push(first, world);
  const ports = { realmIds: {}, patienceMs: 3_600_000 };
  const made = await firstStart({}, { ...first, ...ports, patienceMs: 0 });
  assert.equal(await made?.abandoned(), true);
  const shown = await firstStart({}, { ...world, ...ports });
  assert.ok(await opens(shown?.token ?? ''));
  assert.ok(!(await opens(made?.token ?? '')));
});

test('another secret key than that of the first start is refused', async () => {
  await (await start())?.announced();
  const sealer = createSealer([world.random.bytes(32)], world.random);
  await assert.rejects(firstStart({}, { ...world, sealer, realmIds: {} }), { message: /MUSTER_SECRET_KEY/ });
});

test('nobody but the server makes an owner', async () => {
  await start();
  const minnie = await world.create({ username: 'minnie', patch: { administers: ['directory'] } });
  const ownership = { tokenHash: hashToken('x'), given: {}, announced: true, check: '' };
  for (const actor of [await world.actor(minnie.key), await world.actor((await owner()).key)]) {
    await assert.rejects(world.as(actor).run(grantOwnership, { user: minnie.key, ownership }), {
      code: 'permission_denied',
    });
  }
});
