import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

test('users come in the order of their creation, in pages', async (context) => {
  const { call, create } = await startCaller(context);
  const minnie = await create();
  await create({ username: 'robot', kind: 'machine' });
  const names = async (query: string) => {
    const { status, body } = await call('GET', `/users${query}`);
    assert.equal(status, 200, query);
    return [...body.users.map(({ username }: { username: string }) => username), body.hasMore];
  };
  assert.deepEqual(await names(''), ['admin', 'minnie', 'robot', false]);
  assert.deepEqual(await names('?limit=2'), ['admin', 'minnie', true]);
  assert.deepEqual(await names('?offset=1&limit=1'), ['minnie', true]);
  assert.deepEqual(await names('?name=MINNIE'), ['minnie', false]);
  assert.deepEqual(await names('?kind=machine'), ['robot', false]);
  assert.deepEqual(await names('?kind=machine&name=minnie'), [false]);
  assert.deepEqual((await call('GET', '/users?name=minnie')).body.users, [minnie]);
});

test('who administers nobody finds itself alone', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const { id } = await create();
  const { body } = await call('GET', '/users', undefined, await signedInAs(id));
  assert.deepEqual(
    body.users.map((user: { id: string }) => user.id),
    [id],
  );
});

test('a question that is misspelt finds nobody', async (context) => {
  const { call } = await startCaller(context);
  for (const [query, field] of [
    ['nmae=x', 'nmae'],
    ['constructor=x', 'constructor'],
    ['__proto__=x', '__proto__'],
    ['kind=robot', 'kind'],
    ['name=a&name=b', 'name'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['offset=-1', 'offset'],
  ] as const) {
    const { status, body } = await call('GET', `/users?${query}`);
    assert.deepEqual([status, body.field], [400, field], query);
  }
});
