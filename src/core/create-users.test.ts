import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { systemActor } from './actor.ts';
import { verifyChanges } from './change.ts';
import type { CreateUserInput } from './commands/user-input.ts';
import { type CreatingPorts, createUsers } from './create-users.ts';
import { FieldTable } from './fields.ts';
import { Identities } from './identities.ts';

const person = (username: string): CreateUserInput => ({ realm: 1, kind: 'human', patch: { username } });

let directory: TestDirectory;
let ports: CreatingPorts;

beforeEach(async () => {
  directory = await openTestDirectory();
  const { store, clock, random } = directory;
  const identities = new Identities(store, random, { directory: 'guid', zitadel: 'number' });
  ports = { store, clock, random, identities, table: new FieldTable() };
});
afterEach(() => directory.close());

const create = (...inputs: CreateUserInput[]) => createUsers(inputs, systemActor, { dialect: 'seed' }, ports);

async function everybody() {
  return (await directory.store.find({ op: 'all' }, { limit: 100, offset: 0 })).users;
}

test('many users are added in order, each with its ids and a history that verifies', async () => {
  await create(person('minnie'), person('mickey'), person('daisy'));
  const users = await everybody();
  assert.deepEqual(
    users.map(({ key, ids, fields }) => [key, ids['zitadel'], fields.username]),
    [
      [1, '1', 'minnie'],
      [2, '2', 'mickey'],
      [3, '3', 'daisy'],
    ],
  );
  for (const user of users) {
    assert.deepEqual(verifyChanges(user, await directory.store.changesOf('user', user.key)), { ok: true });
  }
});

test('who is there already stays, and costs no number', async () => {
  await create(person('minnie'));
  const [before] = await everybody();
  await create(person('mickey'), person('Minnie'), person('daisy'));
  const users = await everybody();
  assert.deepEqual(users[0], before);
  assert.deepEqual(
    users.map(({ ids, fields }) => [ids['zitadel'], fields.username]),
    [
      ['1', 'minnie'],
      ['2', 'mickey'],
      ['3', 'daisy'],
    ],
  );
});

test('one that is refused, as of two with one name, takes the others with it', async () => {
  await assert.rejects(create(person('minnie'), person('mickey'), person('MINNIE')), { reason: 'username_taken' });
  await assert.rejects(create(person('minnie'), person('\u0000')), { code: 'invalid_argument' });
  assert.deepEqual(await everybody(), []);
});

test('names that others take meanwhile are left to them, and the rest is added with other numbers', async () => {
  const { store } = directory;
  const slow = { ...ports, store: { load: store.load.bind(store), apply: afterOthers } };
  let others: Promise<unknown> | undefined;
  async function afterOthers(...units: Parameters<typeof store.apply>) {
    others ??= directory.create({ username: 'minnie', ids: { zitadel: '2' } });
    await others;
    return await store.apply(...units);
  }
  await createUsers(['minnie', 'mickey', 'daisy'].map(person), systemActor, { dialect: 'seed' }, slow);
  const users = await everybody();
  assert.deepEqual(users.map(({ fields }) => fields.username).sort(), ['daisy', 'mickey', 'minnie']);
  assert.equal(new Set(users.map(({ ids }) => ids['zitadel'])).size, 3);
});

test('a password or a code is not for many at once', async () => {
  const email = { address: 'mini@mouse.com', code: { deliver: 'return' as const } };
  await assert.rejects(create({ ...person('minnie'), email }), TypeError);
});
