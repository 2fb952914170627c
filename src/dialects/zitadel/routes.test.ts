import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UserService } from './descriptors.ts';
import { routes } from './routes.ts';

test('every operation of the vendor stands in the table once, in order', () => {
  const names = routes.map(({ rpc }) => rpc);
  assert.deepEqual(names, [...names].sort());
  assert.deepEqual(names, UserService.methods.map(({ localName }) => localName).sort());
});

test('each has its own place in HTTP, by the rule in its descriptor where there is one', () => {
  const places = new Map(routes.map(({ rpc, method, path }) => [rpc, `${method} ${path}`]));
  assert.equal(new Set(places.values()).size, routes.length);
  assert.equal(places.get('updateHumanUser'), 'PUT /v2/users/human/{user_id}');
  assert.equal(places.get('removeIDPLink'), 'DELETE /v2/users/{user_id}/links/{idp_id}/{linked_user_id}');
  assert.equal(places.get('updateUser'), 'PATCH /v2/users/{user_id}');
  assert.equal(places.get('listKeys'), 'POST /v2/users/keys/search');
});

test('the coverage table of the README says of each operation whether it is built', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  for (const { rpc, operation } of routes) {
    const row = new RegExp(`^\\| ${UserService.method[rpc].name} +\\|[^|]+\\| (?<built>\\w+)`, 'm').exec(readme);
    assert.equal(row?.groups?.built === 'no', operation === 'unbuilt', rpc);
  }
});
