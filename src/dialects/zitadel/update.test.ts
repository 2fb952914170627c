import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startClient } from './test-client.ts';

const names = { givenName: 'Minnie', familyName: 'Mouse' };

test('every member of the profile is set, cleared by an empty value, and kept when left out', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const profile = {
    ...names,
    nickName: 'Mini',
    displayName: 'M. M.',
    preferredLanguage: 'de-CH',
    gender: 'GENDER_MALE',
  };
  await client.put(id, { profile });
  assert.deepEqual((await client.read(id)).human.profile, profile);
  await client.put(id, { profile: { ...names, givenName: 'Minerva' } });
  assert.deepEqual((await client.read(id)).human.profile, { ...profile, givenName: 'Minerva' });
  const empty = { nickName: '', displayName: '', preferredLanguage: '', gender: 'GENDER_UNSPECIFIED' };
  await client.put(id, { profile: { ...names, ...empty } });
  assert.deepEqual((await client.read(id)).human.profile, names);
});

test('a gender without a name becomes unspecified, an unknown name is refused', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ patch: { 'profile.gender': 'diverse' } });
  assert.equal((await client.read(id)).human.profile.gender, 'GENDER_DIVERSE');
  const refused = await client.put(id, { profile: { ...names, gender: 'GENDER_OTHER' } });
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /profile\.gender must be one of/);
  assert.equal((await client.put(id, { profile: { ...names, gender: 77 } })).status, 200);
  assert.equal((await client.read(id)).human.profile.gender, undefined);
});

test('a language that does not parse is refused, the undetermined one is none', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ patch: { 'profile.language': 'en' } });
  const refused = await client.put(id, { profile: { ...names, preferredLanguage: 'no such' } });
  assert.deepEqual([refused.status, refused.body.code], [400, 3]);
  assert.match(refused.body.message, /language/);
  assert.equal((await client.read(id)).human.profile.preferredLanguage, 'en');
  await client.put(id, { profile: { ...names, preferredLanguage: 'und' } });
  assert.equal((await client.read(id)).human.profile.preferredLanguage, undefined);
});

test('a profile needs both names', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ patch: { 'profile.givenName': 'Minnie', 'profile.familyName': 'Mouse' } });
  for (const [body, member] of [
    [{ familyName: 'Mouse' }, 'GivenName'],
    [{ givenName: 'Minnie', familyName: '' }, 'FamilyName'],
  ] as const) {
    const refused = await client.put(id, { profile: body });
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, new RegExp(`invalid SetHumanProfile\\.${member}: value length must be between`));
    assert.equal(refused.body.details, undefined);
  }
});

test('a username is taken in any case, its own is no change, and it is not trimmed', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ patch: { username: 'minnie', 'profile.displayName': 'Minnie' } });
  await client.seed({ patch: { username: 'Mickey' } });
  const taken = await client.put(id, { username: 'mickey' });
  assert.deepEqual([taken.status, taken.body.code, taken.errorId], [409, 6, 'V3-DKcYh']);
  assert.equal((await client.put(id, { username: 'minnie' })).body.details.sequence, '1');
  assert.equal((await client.put(id, { username: ' minnie-mouse ' })).status, 200);
  const { username, preferredLoginName, loginNames, human } = await client.read(id);
  assert.deepEqual(
    [username, preferredLoginName, loginNames],
    [' minnie-mouse ', ' minnie-mouse ', [' minnie-mouse ']],
  );
  assert.equal(human.profile.displayName, 'Minnie');
});

test('nothing to change answers the old details; so does an empty body, or none', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ patch: { 'profile.givenName': 'Minnie', 'profile.familyName': 'Mouse' } });
  const { details } = await client.read(id);
  client.server.clock.advance(60_000);
  for (const body of [{}, '', { profile: names }, { unknown: [1] }, { username: null, profile: null }]) {
    const reply = await client.put(id, body);
    assert.deepEqual([reply.status, reply.body], [200, { details }]);
  }
  const changed = await client.put(id, { username: 'changed' });
  assert.deepEqual(changed.body.details, { ...details, sequence: '2', changeDate: '2026-11-21T10:01:00Z' });
});

test('a user that is missing, deleted or a machine is not found', async (t) => {
  const client = await startClient(t);
  const deleted = await client.seed();
  await client.send('DELETE', `/v2/users/${deleted}`);
  for (const id of ['404', 'no-number', deleted, await client.seed({ kind: 'machine' })]) {
    const { status, body, errorId } = await client.put(id, { username: 'x' });
    assert.deepEqual([status, body.code, errorId], [404, 5, 'COMMAND-ugjs0upun6'], id);
  }
});

test('users in every state but deleted can be updated', async (t) => {
  const client = await startClient(t);
  for (const state of ['active', 'disabled', 'locked', 'initial'] as const) {
    const id = await client.seed({}, state);
    const before = (await client.read(id)).state;
    assert.equal((await client.put(id, { profile: names })).status, 200, state);
    assert.equal((await client.read(id)).state, before);
  }
});

test('who may: the user itself, but not to verify, nor to be handed a code', async (t) => {
  const client = await startClient(t);
  const email = { address: 'old@mouse.com', verified: true };
  const phone = { number: '+41791234567', entered: '+41791234567', sameBy: 'number', verified: true } as const;
  const [id, other] = [await client.seed({ email, phone }), await client.seed()];
  const self = await client.as(id);
  const stranger = await client.put(other, { profile: names }, self);
  assert.deepEqual([stranger.status, stranger.body.code, stranger.errorId], [404, 5, 'AUTHZ-cdgFk']);
  assert.equal((await client.put(id, { username: 'me', profile: names }, self)).status, 200);
  for (const verification of [{ isVerified: true }, { returnCode: {} }]) {
    for (const address of ['old@mouse.com', 'new@mouse.com']) {
      const reply = await client.put(id, { email: { email: address, ...verification } }, self);
      assert.deepEqual(
        [reply.status, reply.errorId],
        [404, 'AUTHZ-cdgFk'],
        `${address} ${JSON.stringify(verification)}`,
      );
    }
    for (const number of ['+41791234567', '+41797654321', '']) {
      const reply = await client.put(id, { phone: { phone: number, ...verification } }, self);
      assert.deepEqual(
        [reply.status, reply.errorId],
        [404, 'AUTHZ-cdgFk'],
        `${number} ${JSON.stringify(verification)}`,
      );
    }
  }
  const own = { email: { email: 'new@mouse.com' }, phone: { phone: '+41797654321' } };
  assert.equal((await client.put(id, own, self)).status, 200);
  const { human } = await client.read(id);
  assert.deepEqual([human.email, human.phone], [{ email: 'new@mouse.com' }, { phone: '+41797654321' }]);
});

test('all or nothing: one change with everything, or none', async (t) => {
  const client = await startClient(t);
  await client.seed({ patch: { username: 'taken' } });
  const id = await client.seed();
  const before = await client.read(id);
  const refused = await client.put(id, { username: 'taken', profile: names, email: { email: 'mini@mouse.com' } });
  assert.equal(refused.status, 409);
  assert.deepEqual(await client.read(id), before);
  assert.equal(await client.messages(), 0);
  await client.put(id, { username: 'free', profile: names, email: { email: 'mini@mouse.com' } });
  const key = (await client.server.directory.resolve('zitadel', id)) ?? 0;
  const changes = await client.server.store.changesOf('user', key);
  const { via, command, version, changes: values } = changes.at(-1) ?? {};
  assert.deepEqual([via, command, version], ['zitadel', 'update-user', 2]);
  assert.deepEqual(values?.['email.address'], { before: null, after: 'mini@mouse.com' });
});
