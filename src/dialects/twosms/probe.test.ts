import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ProbeError } from '#dialects/probe.ts';
import { probe } from './probe.ts';
import { idOf, openPortal, type Portal } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

test('the probe reads, updates and echoes a user that another API has made', async () => {
  const user = await portal.create({ patch: { 'profile.displayName': 'Minnie' } });
  const change = { username: 'minnie-2', email: 'mini@mouse.com', phone: '+41 79 123 45 67', password: 'long-enough' };
  await probe.update(portal.server, idOf(user), change);
  const shown = await probe.read(portal.server, idOf(user));
  assert.deepEqual([shown['Username'], shown['EmailAddress']], ['minnie-2', 'mini@mouse.com']);
  const { version } = await portal.read(user);
  await probe.echo(portal.server, idOf(user));
  assert.equal((await portal.read(user)).version, version);
});

test('it changes a single member of a user that lacks the required others', async () => {
  const user = await portal.create();
  await probe.update(portal.server, idOf(user), { email: 'bare@mouse.com' });
  assert.equal((await portal.read(user)).fields['email.address'], 'bare@mouse.com');
});

test('it rejects when the answer is no success', async () => {
  await assert.rejects(probe.read(portal.server, 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7'), ProbeError);
});
