import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RealmKey } from '#core/realm.ts';
import { openTestDirectory } from '#test/directory.ts';
import { zitadel } from './index.ts';
import { organizationIds } from './organizations.ts';

test("resourceOwner is the vendor's id of the user's realm, not the directory's own key of it", async () => {
  const world = await openTestDirectory();
  const minnie = await world.create({ realm: 2 });
  const realm = await world.directory.realm(minnie.realm);
  const { details } = zitadel.show(minnie, realm, []) as { details: { resourceOwner: string } };
  assert.equal(details.resourceOwner, '200');
  const organizationOf: (key: RealmKey) => Promise<string> = organizationIds(world.directory);
  assert.equal(await organizationOf(2), '200');
  await world.close();
});
