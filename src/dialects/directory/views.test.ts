import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { grantOwnership } from '#core/commands/grant-ownership.ts';
import { updateUser } from '#core/commands/update-user.ts';
import { hashToken } from '#core/token.ts';
import { openTestDirectory } from '#test/directory.ts';
import { startCaller } from './test-caller.ts';

test('history tells each change with its before and after, oldest first', async (context) => {
  const { call, create, server } = await startCaller(context);
  const { id } = await create({ profile: { givenName: 'Minnie' } });
  server.clock.advance(1000);
  const headers = { 'x-request-id': 'not-trusted' };
  const patched = await call('PATCH', `/users/${id}`, { profile: { givenName: 'Minerva' } }, headers);
  await call('PATCH', `/users/${id}`, { profile: { givenName: 'Minerva' } });
  const { status, body } = await call('GET', `/users/${id}/changes`);
  assert.equal(status, 200);
  const [first, second, ...more] = body.changes;
  assert.equal(more.length, 0);
  assert.equal(first.command, 'create-user');
  assert.deepEqual(first.changes['profile.givenName'], { before: null, after: 'Minnie' });
  const { position, actor, ...rest } = second;
  assert.equal(typeof position, 'string');
  assert.notEqual(position, first.position);
  assert.deepEqual([actor.kind, actor.username], ['user', 'admin']);
  assert.match(actor.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    version: 2,
    at: '2026-11-21T10:00:01.000Z',
    via: 'directory',
    command: 'update-user',
    request: patched.headers.get('x-request-id'),
    address: '127.0.0.1',
    changes: { 'profile.givenName': { before: 'Minnie', after: 'Minerva' } },
  });
});

test("a user is found by any dialect's id, on every path that has one", async (context) => {
  const { call, create } = await startCaller(context);
  const user = await create();
  const { directory: own, ...ids } = user.ids;
  assert.equal(own, user.id);
  for (const [dialect, id] of Object.entries({ directory: user.id, ...ids })) {
    const shown = await call('GET', `/users/${id}?as=${dialect}`);
    assert.equal(shown.body.id, user.id, dialect);
    assert.equal((await call('PATCH', `/users/${id}?as=${dialect}`, {})).body.id, user.id);
    assert.equal((await call('GET', `/users/${id}/changes?as=${dialect}`)).body.changes.length, 1);
    assert.equal((await call('GET', `/users/${id}/as/directory?as=${dialect}`)).body.id, user.id);
  }
  const [dialect = '', id] = Object.entries(ids)[0] ?? [];
  assert.equal((await call('DELETE', `/users/${id}?as=${dialect}`)).status, 204);
  assert.equal((await call('GET', `/users/${user.id}`)).status, 404);
});

test('an unknown dialect is refused by name', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const query of ['as=oracle', 'as=', 'as=directory&as=directory']) {
    const wrong = await call('GET', `/users/${id}?${query}`);
    assert.deepEqual([wrong.status, wrong.body.field], [400, 'as'], query);
  }
  const shown = await call('GET', `/users/${id}/as/oracle`);
  assert.deepEqual([shown.status, shown.body.code], [404, 'not_found']);
});

test('shows a user as each dialect that is served does', async (context) => {
  const { call, create, server } = await startCaller(context);
  const { id } = await create({ email: { address: 'mini@mouse.com' } });
  const { dialects } = await import('#dialects/index.ts');
  const { users } = await server.store.find({ op: 'name', name: 'minnie' }, { offset: 0, limit: 1 });
  const [user] = users;
  assert.ok(user);
  const realm = await server.directory.realm(user.realm);
  for (const dialect of dialects) {
    const { status, body, headers } = await call('GET', `/users/${id}/as/${dialect.name}`);
    assert.equal(status, 200, dialect.name);
    assert.equal(headers.get('etag'), '"1"');
    assert.deepEqual(body, JSON.parse(JSON.stringify(dialect.show(user, realm, dialects))));
    assert.match(JSON.stringify(body), /minnie/);
  }
});

test("messages show their text to the directory's owner alone", async (context) => {
  const { call, create, server, signedInAs } = await startCaller(context);
  const { id } = await create();
  const { id: deputy } = await create({ username: 'deputy', administers: ['directory'] });
  const user = (await server.directory.resolve('directory', id)) ?? 0;
  const email = { address: 'mini@mouse.com', code: { deliver: 'send' } } as const;
  await server.directory.as(systemActor, { dialect: 'directory' }).run(updateUser, { user, email });
  const { status, body } = await call('GET', '/messages');
  assert.equal(status, 200);
  assert.equal(body.messages.length, 1);
  const [{ id: messageId, text, ...message }] = body.messages;
  assert.equal(typeof messageId, 'string');
  assert.match(text, /^Hello,\n\nYour code to confirm this mail address is [0-9A-Z]{6}\. It is valid for 60 minutes\./);
  const times = { createdAt: '2026-11-21T10:00:00.000Z', expiresAt: '2026-11-21T11:00:00.000Z' };
  const expected = { channel: 'email', to: 'mini@mouse.com', user: id, ...times, state: 'waiting', attempts: 0 };
  assert.deepEqual(message, expected);
  const seen = await call('GET', '/messages', undefined, await signedInAs(deputy));
  assert.deepEqual(seen.body.messages, [{ id: messageId, ...message }]);
  const refused = await call('GET', '/messages', undefined, await signedInAs(id));
  assert.equal(refused.status, 403);
});

test("the directory's owner sees the messages of every realm, an administrator those of its own", async (context) => {
  const { call, create, server, signedInAs } = await startCaller(context);
  const { id: deputy } = await create({ username: 'deputy', administers: ['directory'] });
  const { body: realm } = await call('POST', '/realms', {
    name: 'Other',
    region: 'CH',
    language: 'en',
    timeZone: 'UTC',
  });
  const { id } = (await call('POST', `/users?realm=${realm.id}`, { username: 'elsewhere' })).body;
  const user = (await server.directory.resolve('directory', id)) ?? 0;
  const email = { address: 'e@b.ch', code: { deliver: 'send' } } as const;
  await server.directory.as(systemActor, { dialect: 'directory' }).run(updateUser, { user, email });
  const { body } = await call('GET', '/messages');
  assert.deepEqual(
    body.messages.map(({ user, to, text }: Record<string, string>) => [user, to, typeof text]),
    [[id, 'e@b.ch', 'string']],
  );
  assert.deepEqual((await call('GET', '/messages', undefined, await signedInAs(deputy))).body.messages, []);
});

test('what is kept to be delivered is shown to nobody once something delivers it', async () => {
  const world = await openTestDirectory({ delivers: ['email'] });
  const minnie = await world.create({ email: { address: 'a@b.c', code: { deliver: 'send' } } });
  await world.system().run(grantOwnership, {
    user: minnie.key,
    ownership: { tokenHash: hashToken('muster_x'), given: {}, announced: true, check: '' },
  });
  const [message] = await world.as(await world.actor(minnie.key)).messages(10);
  assert.equal(message?.to, 'a@b.c');
  assert.equal(message.text, undefined);
  assert.equal(message.nextAttemptAt, message.createdAt);
  assert.equal('sealed' in message, false);
  await world.close();
});

test("lists the languages that the dialects know, with each dialect's id", async (context) => {
  const { call } = await startCaller(context);
  const { dialects } = await import('#dialects/index.ts');
  const { status, body } = await call('GET', '/languages');
  assert.equal(status, 200);
  const known = dialects.flatMap(({ name, languages }) =>
    (languages?.() ?? []).map((language) => ({ ...language, name })),
  );
  for (const { tag, id, name } of known) {
    assert.equal(body.languages.find((language: { tag: string }) => language.tag === tag).ids[name], id);
  }
  assert.equal(body.languages.length, new Set(known.map(({ tag }) => tag)).size);
});

test('a long history comes in pages, after a version', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const nickName of ['a', 'b', 'c']) await call('PATCH', `/users/${id}`, { profile: { nickName } });
  const versions = async (query: string) =>
    (await call('GET', `/users/${id}/changes${query}`)).body.changes.map(({ version }: { version: number }) => version);
  assert.deepEqual(await versions(''), [1, 2, 3, 4]);
  assert.deepEqual(await versions('?after=1&limit=2'), [2, 3]);
  assert.deepEqual(await versions('?after=4'), []);
  for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?after=-1']) {
    assert.equal((await call('GET', `/users/${id}/changes${query}`)).status, 400, query);
  }
});
