import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openTestDirectory } from '#test/directory.ts';
import { type MetadataQuery, searchMetadata } from './metadata-search.ts';
import { meets, type TextMatch } from './text-match.ts';

const methods = ['equals', 'startsWith', 'contains', 'endsWith'] as const;
const filter: fc.Arbitrary<TextMatch> = fc.record({
  method: fc.constantFrom(...methods),
  text: fc.string({ unit: fc.constantFrom('a', 'B', 'É', '.'), maxLength: 2 }),
  ignoreCase: fc.boolean(),
});

test('a page is that part of all that meet the filters, in the order of the keys', async (context) => {
  const world = await openTestDirectory();
  context.after(() => world.close());
  const keys = ['', 'a', 'B', 'É'].flatMap((one) => ['a', 'b', 'é', '.'].map((two) => `${one}${two}`));
  const metadata = keys.map((key) => ({ key, value: Buffer.from(key).toString('base64') }));
  const { key: user } = await world.create({ metadata });
  const query: fc.Arbitrary<MetadataQuery> = fc.record({
    filters: fc.array(filter, { maxLength: 2 }),
    offset: fc.nat(20),
    limit: fc.integer({ min: 1, max: 20 }),
    descending: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(query, async (asked) => {
      const { filters, offset, limit, descending } = asked;
      const found = keys.filter((key) => filters.every((one) => meets(key, one))).sort();
      const page = await searchMetadata(world.store, user, asked);
      const expected = (descending ? found.reverse() : found).slice(offset, offset + limit);
      assert.deepEqual([page.metadata.map(({ key }) => key), page.total], [expected, found.length]);
      for (const { key, value } of page.metadata) assert.equal(Buffer.from(value, 'base64').toString(), key);
    }),
  );
});
