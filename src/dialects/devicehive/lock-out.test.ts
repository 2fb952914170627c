import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { serve, told } from './test-session.ts';

const invalid = [401, 'Invalid credentials'];
const locked = [401, 'User is locked or disabled'];

test('ten wrong passwords in a row lock a user, whichever way they come; an administrator’s status 0 unlocks', async (t) => {
  const { server, owner, insert, connect, signIn, read, rest } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const anybody = await connect();
  const over = {
    socket: (password: string) => told(anybody.ask('token', { login: 'minnie', password })),
    rest: async (password: string) => {
      const { status, body } = await rest('POST /token', { token: null, body: { login: 'minnie', password } });
      assert.equal(status, body.error);
      return [status, body.message];
    },
  };
  const guess = async (times: number) => {
    for (let attempt = 0; attempt < times; attempt++) {
      assert.deepEqual(await over[attempt % 2 === 0 ? 'socket' : 'rest']('a guess'), invalid);
    }
  };
  await guess(9);
  await signIn('minnie');
  await guess(9);
  assert.equal((await read(id)).status, 0);
  await guess(1);
  assert.equal((await read(id)).status, 1);
  for (const password of ['a guess', 'a password']) {
    assert.deepEqual(await over.socket(password), locked);
    assert.deepEqual(await over.rest(password), locked);
  }
  // No time unlocks.
  server.clock.advance(365 * 24 * 3_600_000);
  assert.deepEqual(await over.rest('a password'), locked);
  await owner.ask('user/update', { userId: id, user: { status: 0 } });
  await signIn('minnie');
  await guess(9);
  assert.equal((await read(id)).status, 0);
});

test('the lock stays, and is recorded once, though the sign-in that brought it is refused', async (t) => {
  const { server, insert, rest } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const body = { login: 'minnie', password: 'a guess' };
  const guesses = await Promise.all(Array.from({ length: 12 }, () => rest('POST /token', { token: null, body })));
  const texts = guesses.map((answer) => answer.body.message);
  assert.equal(texts.filter((text) => text === 'Invalid credentials').length, 10);
  assert.equal(texts.filter((text) => text === 'User is locked or disabled').length, 2);
  const key = (await server.directory.resolve('devicehive', String(id))) ?? 0;
  const changes = await server.directory.as(systemActor, { dialect: 'directory' }).changesOf(key);
  assert.deepEqual(
    changes.map(({ command, via }) => [command, via]),
    [
      ['create-user', 'devicehive'],
      ['sign-in', 'devicehive'],
    ],
  );
  assert.deepEqual(Object.keys(changes.at(-1)?.changes ?? {}), ['lockedAt']);
});

test('an unknown login, a wrong password and a login of another dialect are told in one text', async (t) => {
  const { server, insert, rest } = await serve(t);
  await insert({ login: 'minnie' });
  const guesses = [
    { login: 'minnie', password: 'wrong' },
    { login: 'nobody', password: 'wrong' },
    { login: 'admin', password: `${server.password}!` },
    { login: ' minnie', password: 'a password' },
  ];
  for (const body of guesses) {
    const { status, body: answered } = await rest('POST /token', { token: null, body });
    assert.deepEqual([status, answered], [401, { error: 401, message: 'Invalid credentials' }]);
  }
});

test('the owner of the directory is never locked out', async (t) => {
  const { server, rest, signIn } = await serve(t);
  const body = { login: 'admin', password: 'a guess' };
  for (let attempt = 0; attempt < 12; attempt++) {
    assert.equal((await rest('POST /token', { token: null, body })).body.message, 'Invalid credentials');
  }
  await signIn('admin', server.password);
});
