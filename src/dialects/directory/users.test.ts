import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

const minnie = {
  username: 'minnie-mouse',
  profile: {
    givenName: 'Minnie',
    familyName: 'Mouse',
    nickName: 'Min',
    displayName: 'Minnie Mouse',
    gender: 'female',
    language: 'EN',
    timeZone: 'europe/zurich',
  },
  email: { address: 'mini@mouse.com', verified: true },
  phone: { entered: '(201) 555-0123' },
  acceptsTextMessages: true,
  administers: ['devicehive'],
  data: { theme: 'dark', deep: { a: 1, b: null } },
  securityQuestions: [{ question: 'First pet?', order: '1', answer: 'Rex' }],
  registeredAt: '2020-01-02T03:04:05.006Z',
  password: 'a good password',
  pin: '4829',
};

test('creates a user with everything that can be said of one, and shows it', async (context) => {
  const { call } = await startCaller(context);
  const { status, body, headers } = await call('POST', '/users', minnie);
  assert.equal(status, 201);
  assert.match(body.id, /^[0-9a-f-]{36}$/);
  assert.equal(headers.get('location'), `/directory/v1/users/${body.id}`);
  assert.equal(headers.get('etag'), '"1"');
  assert.equal(body.ids.directory, body.id);
  const { id, ids, registeredAt, createdAt, changedAt, ...rest } = body;
  assert.equal(registeredAt, '2020-01-02T03:04:05.006Z');
  assert.equal(createdAt, changedAt);
  assert.deepEqual(rest, {
    realm: 'main',
    kind: 'human',
    version: 1,
    state: 'active',
    username: 'minnie-mouse',
    loginNames: {},
    profile: { ...minnie.profile, language: 'en', timeZone: 'Europe/Zurich' },
    email: { address: 'mini@mouse.com', verifiedAt: createdAt },
    phone: { number: '+12015550123', entered: '(201) 555-0123' },
    acceptsTextMessages: true,
    administers: ['devicehive'],
    data: { theme: 'dark', deep: { a: 1, b: null } },
    securityQuestions: [{ question: 'First pet?', order: '1', answerSetAt: createdAt }],
  });
  assert.deepEqual((await call('GET', `/users/${id}`)).body, body);
});

test('a username is all that a user needs', async (context) => {
  const { call } = await startCaller(context);
  const { status, body } = await call('POST', '/users', { username: 'm' });
  assert.equal(status, 201);
  assert.deepEqual({ loginNames: body.loginNames, administers: body.administers }, { loginNames: {}, administers: [] });
  for (const absent of ['profile', 'email', 'phone', 'data', 'securityQuestions', 'owner']) {
    assert.equal(absent in body, false, absent);
  }
  const none = await call('POST', '/users', {});
  assert.deepEqual([none.status, none.body.reason, none.body.field], [400, 'field_required', 'username']);
});

test('takes ids that a user is known by, and shows them as the wire of each dialect does', async (context) => {
  const { call } = await startCaller(context);
  const guid = '0196A000-0000-7000-8000-00000000000A';
  const { status, body } = await call('POST', '/users', {
    username: 'm',
    ids: { directory: guid, zitadel: 'a-7', accela: 77 },
  });
  assert.equal(status, 201);
  assert.deepEqual([body.ids.zitadel, body.ids.accela, typeof body.ids.devicehive], ['a-7', 77, 'number']);
  assert.equal(body.id, guid.toLowerCase());
  assert.equal((await call('GET', `/users/${guid}`)).status, 200);
  const again = await call('POST', '/users', { username: 'n', ids: { directory: guid } });
  assert.deepEqual([again.status, again.body.reason], [409, 'id_taken']);
  for (const ids of [
    { directory: 'x' },
    { directory: 1 },
    { accela: 'x' },
    { accela: 0 },
    { zitadel: 7 },
    { oracle: 'x' },
  ]) {
    const wrong = await call('POST', '/users', { username: 'n', ids });
    assert.deepEqual([wrong.status, wrong.body.field], [400, `ids.${Object.keys(ids)[0]}`]);
  }
});

test('machines and users in another state can be created', async (context) => {
  const { create } = await startCaller(context);
  assert.equal((await create({ username: 'robot', kind: 'machine' }))['kind'], 'machine');
  for (const state of ['initial', 'active', 'locked', 'disabled']) {
    assert.equal((await create({ username: `is-${state}`, state }))['state'], state);
  }
});

test('a merge patch keeps what is absent, clears what is null and merges data', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create(minnie);
  const { status, body, headers } = await call('PATCH', `/users/${id}`, {
    profile: { givenName: 'Minerva', nickName: null },
    acceptsTextMessages: null,
    data: { theme: null, deep: { b: 2, c: [] }, new: {} },
  });
  assert.equal(status, 200);
  assert.equal(headers.get('etag'), '"2"');
  assert.equal(body.version, 2);
  const { nickName, ...kept } = minnie.profile;
  assert.deepEqual(body.profile, { ...kept, givenName: 'Minerva', language: 'en', timeZone: 'Europe/Zurich' });
  assert.equal('acceptsTextMessages' in body, false);
  assert.deepEqual(body.data, { deep: { a: 1, b: 2, c: [] }, new: {} });
  assert.equal(body.email.address, 'mini@mouse.com');
  const cleared = await call('PATCH', `/users/${id}`, {
    profile: null,
    email: null,
    phone: null,
    data: null,
    securityQuestions: null,
    administers: [],
    registeredAt: null,
  });
  assert.equal(cleared.status, 200);
  for (const gone of ['profile', 'email', 'phone', 'data', 'securityQuestions', 'registeredAt']) {
    assert.equal(gone in cleared.body, false, gone);
  }
  assert.deepEqual(cleared.body.administers, []);
});

test('the username and a login name of one dialect can be changed; a name that is taken is refused', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  await create({ username: 'Daisy' });
  const changed = await call('PATCH', `/users/${id}`, { username: 'minerva', loginNames: { accela: 'mm' } });
  assert.deepEqual([changed.body.username, changed.body.loginNames], ['minerva', { accela: 'mm' }]);
  assert.deepEqual((await call('PATCH', `/users/${id}`, { loginNames: { accela: null } })).body.loginNames, {});
  const taken = await call('PATCH', `/users/${id}`, { username: 'dAISY' });
  assert.deepEqual([taken.status, taken.body.reason], [409, 'username_taken']);
  const none = await call('PATCH', `/users/${id}`, { username: null });
  assert.equal(none.status, 400);
});

test('a new address is unverified unless the caller says otherwise', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create({
    email: { address: 'a@mouse.com', verified: true },
    phone: { entered: '+41791234567' },
  });
  const patch = async (body: object) => (await call('PATCH', `/users/${id}`, body as never)).body;
  assert.ok((await patch({ email: { address: 'a@mouse.com' } })).email.verifiedAt);
  assert.equal((await patch({ email: { address: 'b@mouse.com' } })).email.verifiedAt, undefined);
  assert.ok((await patch({ email: { address: 'b@mouse.com', verified: true } })).email.verifiedAt);
  assert.equal((await patch({ email: { address: 'b@mouse.com', verified: false } })).field, 'email.verified');
  assert.equal((await patch({ email: { verified: true } })).field, 'email.address');
  assert.ok((await patch({ phone: { entered: '+41791234567', verified: true } })).phone.verifiedAt);
  assert.equal((await patch({ phone: { number: '+41791234567', verified: false } })).field, 'phone.verified');
  assert.equal((await patch({ phone: { verified: true } })).field, 'phone.entered');
});

test('the number of a phone follows from what is entered', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const patch = async (phone: object) => (await call('PATCH', `/users/${id}`, { phone } as never)).body;
  assert.deepEqual((await patch({ entered: '201-555-0123' })).phone, {
    number: '+12015550123',
    entered: '201-555-0123',
  });
  const respelt = await patch({ number: '+12015550123', entered: '(201) 555 0123' });
  assert.deepEqual(respelt.phone, { number: '+12015550123', entered: '(201) 555 0123' });
  assert.deepEqual((await patch({ number: '+12015550123' })).version, respelt.version);
  assert.deepEqual((await patch({ number: '+41791234567' })).phone, {
    number: '+41791234567',
    entered: '+41791234567',
  });
  assert.deepEqual((await patch({ entered: 'ext. 12' })).phone, { entered: 'ext. 12' });
  assert.equal((await patch({ number: '+41791234567', entered: '201-555-0123' })).field, 'phone.number');
});

test('locking and unlocking never forget that a user is disabled', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const patch = async (body: object) => (await call('PATCH', `/users/${id}`, body as never)).body;
  const disabled = await patch({ state: 'disabled' });
  assert.equal(disabled.state, 'disabled');
  const both = await patch({ state: 'locked' });
  assert.equal(both.state, 'disabled');
  assert.ok(both.lockedAt && both.disabledAt);
  const unlocked = await patch({ lockedAt: null });
  assert.deepEqual([unlocked.state, unlocked.lockedAt], ['disabled', undefined]);
  assert.equal((await patch({ state: 'locked', disabledAt: null })).state, 'locked');
  await patch({ state: 'disabled' });
  const active = await patch({ state: 'active' });
  assert.deepEqual([active.state, active.lockedAt, active.disabledAt], ['active', undefined, undefined]);
  assert.equal((await patch({ state: 'initial' })).field, 'state');
});

test('questions keep their answers until new ones are given', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create(minnie);
  const patch = async (securityQuestions: object[]) =>
    (await call('PATCH', `/users/${id}`, { securityQuestions } as never)).body.securityQuestions;
  const [kept, added] = await patch([{ question: 'First pet?' }, { question: 'Town?', answer: 'Bern' }]);
  assert.ok(kept.answerSetAt && added.answerSetAt);
  assert.equal(kept.order, undefined);
  const [unanswered] = await patch([{ question: 'Car?' }]);
  assert.deepEqual(unanswered, { question: 'Car?' });
});

test('a password is a text, or a hash from elsewhere, and never shown', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const hash = '$2b$10$CwTycUXWue0Thq9StjUM0uJ8dQ4u6bYF7ZpTq1hQ0b1uM6c8n6o1K';
  for (const password of ['a good password', { plain: 'another one', changeRequired: true }, { hash }]) {
    const { status, body } = await call('PATCH', `/users/${id}`, { password });
    assert.equal(status, 200, JSON.stringify(body));
    assert.doesNotMatch(JSON.stringify(body), /password|another|\$2b/);
  }
  const refused = async (password: object | string) =>
    (await call('PATCH', `/users/${id}`, { password } as never)).body.reason;
  assert.equal(await refused('short'), 'password_too_short');
  assert.equal(await refused('x'.repeat(201)), 'password_too_long');
  assert.equal(await refused({ hash: '$y$x$y' }), 'hash_unsupported');
  assert.equal(await refused({}), 'field_required');
  assert.equal(await refused({ plain: 'a good password', hash }), 'field_required');
  assert.equal(await refused({ plain: 'a good password', current: 'x', code: 'y' }), 'field_invalid');
  assert.equal(await refused({ plain: 'a brand new one', current: 'wrong' }), 'password_wrong');
});

test('deleting leaves nothing to be found, and frees the name', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const { status, body } = await call('DELETE', `/users/${id}`);
  assert.deepEqual([status, body], [204, undefined]);
  for (const method of ['GET', 'DELETE']) {
    const gone = await call(method, `/users/${id}`);
    assert.deepEqual([gone.status, gone.body.reason], [404, 'user_not_found'], method);
  }
  assert.notEqual((await create()).id, id);
  const { changes } = (await call('GET', `/users/${id}/changes`)).body;
  assert.deepEqual(
    changes.map(({ command }: { command: string }) => command),
    ['create-user', 'delete-user'],
  );
});

test('a number that was given is passed over when numbers are given out', async (context) => {
  const { create } = await startCaller(context);
  const next = Number((await create({ username: 'first' })).ids['accela']) + 1;
  await create({ username: 'given', ids: { accela: next } });
  const after = await create({ username: 'second' });
  const again = await create({ username: 'third' });
  assert.ok(new Set([next, after.ids['accela'], again.ids['accela']]).size === 3);
});

test('what is sent back as it was read changes nothing, in any state', async (context) => {
  const { call, create } = await startCaller(context);
  for (const [index, state] of ['initial', 'active', 'locked', 'disabled'].entries()) {
    const phone = { entered: index % 2 === 0 ? 'no number' : '201 555 0123' };
    const created = await create({ ...minnie, phone, username: `is-${state}`, state });
    const { body: shown } = await call('GET', `/users/${created.id}`);
    const echo = await call('PATCH', `/users/${created.id}`, shown);
    assert.equal(echo.status, 200, JSON.stringify(echo.body));
    assert.deepEqual(echo.body, shown);
    assert.equal((await call('GET', `/users/${created.id}/changes`)).body.changes.length, 1);
  }
});

test('the administrator, sent back as it was read, changes nothing', async (context) => {
  const { call, server } = await startCaller(context);
  const find = { op: 'name', name: 'admin' } as const;
  const { users } = await server.directory
    .as({ kind: 'system', id: '', username: '', realm: 1, owner: true, administers: [] }, { dialect: 'directory' })
    .find(find, { offset: 0, limit: 1 });
  const id = users[0]?.ids['directory'];
  const { body: shown } = await call('GET', `/users/${id}`);
  assert.equal(shown.owner, true);
  assert.deepEqual((await call('PATCH', `/users/${id}`, shown)).body, shown);
});

test('a PIN that is null is random again, though no read has shown it', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create({ pin: '4711' });
  const pin = async () => (await call('GET', `/users/${id}/as/twosms`)).body.Pin;
  assert.equal(await pin(), '******');
  assert.equal((await call('PATCH', `/users/${id}`, { pin: null })).status, 200);
  assert.equal(await pin(), null);
});

test('what another wire has stored can be sent back as it is shown, however deep', async (context) => {
  const { call, create } = await startCaller(context);
  const { id, version } = await create();
  const deep = JSON.parse(`${'{"a":'.repeat(29)}{}${'}'.repeat(29)}`);
  assert.equal((await call('PATCH', `/users/${id}`, { data: deep })).status, 200);
  const shown = (await call('GET', `/users/${id}`)).body;
  assert.equal((await call('PATCH', `/users/${id}`, shown)).body.version, Number(version) + 1);
});
