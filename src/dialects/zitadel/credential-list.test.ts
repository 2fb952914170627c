import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Body, type Client, startClient } from './test-client.ts';
import { newOrganization } from './test-organizations.ts';

// ListKeys and ListPersonalAccessTokens, over a real socket. Both read the same requests.

const kinds = [
  { kind: 'keys', filter: 'keyIdFilter', made: 'keyId', expiry: 'KEY_FIELD_NAME_KEY_EXPIRATION_DATE', prefix: 'KEY' },
  {
    kind: 'pats',
    filter: 'tokenIdFilter',
    made: 'tokenId',
    expiry: 'PERSONAL_ACCESS_TOKEN_FIELD_NAME_EXPIRATION_DATE',
    prefix: 'PERSONAL_ACCESS_TOKEN',
  },
] as const;

let client: Client;
let machines: string[];
const days = ['2029-01-01T00:00:00Z', '2028-01-01T00:00:00Z', '2027-01-01T00:00:00Z'];
/** kind -> the ids of what was made, oldest first: two of the first machine, one of the second. */
const made: Record<string, string[]> = {};

before(async (context) => {
  client = await startClient(context as never);
  machines = [await client.seed({ kind: 'machine' } as never), await client.seed({ kind: 'machine' } as never)];
  for (const [index, expirationDate] of days.entries()) {
    for (const { kind, made: member } of kinds) {
      const path = `/v2/users/${machines[index < 2 ? 0 : 1]}/${kind}`;
      const { body } = await client.send('POST', path, { expirationDate });
      made[kind] = [...(made[kind] ?? []), body[member]];
    }
    client.server.clock.advance(1000);
  }
});

const search = async (kind: string, body: object, headers = {}): Promise<Body> => {
  const { status, body: found, errorId } = await client.send('POST', `/v2/users/${kind}/search`, body, headers);
  return status === 200 ? found : [status, errorId];
};
const idsOf = ({ result = [] }: Body): string[] => result.map(({ id }: Body) => id);

for (const { kind, filter, expiry, prefix } of kinds) {
  test(`${kind}: all of them, newest first, with whose they are and how many`, async () => {
    const { result, pagination } = await search(kind, {});
    assert.deepEqual(pagination, { totalResult: '3', appliedLimit: '100' });
    assert.deepEqual(
      result.map(({ id }: Body) => id),
      made[kind]?.toReversed(),
    );
    assert.deepEqual(result[0], {
      creationDate: '2026-11-21T10:00:02Z',
      changeDate: '2026-11-21T10:00:02Z',
      id: made[kind]?.[2],
      userId: machines[1],
      organizationId: '1',
      expirationDate: '2027-01-01T00:00:00Z',
    });
  });

  test(`${kind}: a part of them, and the total of all`, async () => {
    const page = await search(kind, { pagination: { offset: '1', limit: 1, asc: true } });
    assert.deepEqual([idsOf(page), page.pagination], [[made[kind]?.[1]], { totalResult: '3', appliedLimit: '1' }]);
    assert.deepEqual(await search(kind, { pagination: { offset: 9 } }), {
      pagination: { totalResult: '3', appliedLimit: '100' },
    });
    assert.deepEqual(await search(kind, { pagination: { limit: 1001 } }), [400, 'QUERY-4M0fs']);
  });

  test(`${kind}: each filter, and all of them together`, async () => {
    const [first, second, third] = made[kind] ?? [];
    const date = (timestamp: string, method?: string) => ({ timestamp, ...(method ? { method } : {}) });
    const method = (name: string) => `TIMESTAMP_FILTER_METHOD_${name}`;
    const at = '2026-11-21T10:00:01Z';
    const cases: [object[], (string | undefined)[]][] = [
      [[{ [filter]: { id: second } }], [second]],
      [[{ userIdFilter: { id: machines[0] } }], [first, second]],
      [[{ organizationIdFilter: { id: '1' } }], [first, second, third]],
      [[{ organizationIdFilter: { id: '2' } }], []],
      [[{ createdDateFilter: date(at) }], [second]],
      [[{ createdDateFilter: date(at, method('AFTER')) }], [third]],
      [[{ createdDateFilter: date(at, method('AFTER_OR_EQUALS')) }], [second, third]],
      [[{ createdDateFilter: date(at, method('BEFORE')) }], [first]],
      [[{ createdDateFilter: date(at, method('BEFORE_OR_EQUALS')) }], [first, second]],
      [[{ createdDateFilter: date('2026-11-21T10:00:01.000000001Z') }], []],
      [[{ expirationDateFilter: date('2028-01-01T00:00:00Z', method('AFTER')) }], [first]],
      [[{ userIdFilter: { id: machines[0] } }, { createdDateFilter: date(at, method('AFTER_OR_EQUALS')) }], [second]],
      [[{ userIdFilter: { id: machines[0] } }, { userIdFilter: { id: machines[1] } }], []],
    ];
    for (const [filters, expected] of cases) {
      const found = await search(kind, { filters, pagination: { asc: true } });
      assert.deepEqual(idsOf(found), expected, JSON.stringify(filters));
    }
    assert.deepEqual(await search(kind, { filters: [{}] }), [400, undefined]);
  });

  test(`${kind}: in the order that is asked for`, async () => {
    const [first, second, third] = made[kind] ?? [];
    const sorted = async (sortingColumn: string, asc = true) =>
      idsOf(await search(kind, { sortingColumn, pagination: { asc } }));
    assert.deepEqual(await sorted(expiry), [third, second, first]);
    assert.deepEqual(await sorted(expiry, false), [first, second, third]);
    assert.deepEqual(await sorted(`${prefix}_FIELD_NAME_ID`), made[kind]?.toSorted());
    assert.deepEqual((await sorted(`${prefix}_FIELD_NAME_USER_ID`)).at(-1), third);
    assert.deepEqual(await sorted(`${prefix}_FIELD_NAME_UNSPECIFIED`), [first, second, third]);
    const [status] = await search(kind, { sortingColumn: 99 });
    assert.equal(status, 400);
  });

  test(`${kind}: an organization's owner sees those of its own, a machine its own, and nobody those of others`, async () => {
    const city = await newOrganization(client, 'City');
    const [owner, plain] = [await city.user({ administers: ['zitadel'] }), await city.user()];
    assert.deepEqual(await search(kind, {}, await client.as(owner)), { pagination: { appliedLimit: '100' } });
    const own = await search(kind, {}, await client.as(machines[0] ?? ''));
    assert.deepEqual(idsOf(own), made[kind]?.slice(0, 2).toReversed());
    assert.deepEqual(idsOf(await search(kind, {}, await client.as(plain))), []);
  });
}
