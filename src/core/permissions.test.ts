import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, systemActor } from './actor.ts';
import { allows, grantable, type Permission, permissions, requirePermission, requireUnlimited } from './permissions.ts';

const limitedTo = (...listed: Permission[]): Actor => ({
  ...systemActor,
  token: { hash: '', rights: null, signedIn: false, permissions: listed },
});
const unlimited: Actor = { ...systemActor, token: { hash: '', rights: null, signedIn: false } };
const denied = { code: 'permission_denied', reason: 'not_permitted' } as const;

test('a token without a list, and no token, leave everything open', () => {
  for (const actor of [unlimited, systemActor]) {
    for (const permission of permissions) requirePermission(actor, permission);
    requireUnlimited(actor);
    assert.equal(grantable(actor, undefined), undefined);
    assert.deepEqual(grantable(actor, ['users.read']), ['users.read']);
  }
});

test('a list leaves open what it names, and reading where it names writing', () => {
  const opened = (listed: Permission) => permissions.filter((permission) => allows(limitedTo(listed), permission));
  assert.deepEqual(
    permissions.map((permission) => [permission, opened(permission)]),
    [
      ['users.read', ['users.read']],
      ['users.write', ['users.read', 'users.write']],
      ['tokens.read', ['tokens.read']],
      ['tokens.write', ['tokens.read', 'tokens.write']],
      ['clients.read', ['clients.read']],
      ['clients.write', ['clients.read', 'clients.write']],
      ['messages.read', ['messages.read']],
    ],
  );
  assert.deepEqual(
    permissions.filter((permission) => allows(limitedTo(), permission)),
    [],
  );
});

test('what is not open is refused by its name', () => {
  assert.throws(() => requirePermission(limitedTo('users.read'), 'users.write'), {
    ...denied,
    message: 'This token does not allow users.write.',
  });
  assert.throws(() => requireUnlimited(limitedTo(...permissions)), denied);
});

test('nothing is passed on beyond what is open, and a limit is inherited', () => {
  const maker = limitedTo('users.write', 'tokens.write');
  assert.deepEqual(grantable(maker, undefined), ['users.write', 'tokens.write']);
  assert.deepEqual(grantable(maker, ['users.read', 'users.read']), ['users.read']);
  assert.deepEqual(grantable(maker, []), []);
  assert.throws(() => grantable(maker, ['users.read', 'clients.read']), { ...denied, field: 'permissions' });
});
