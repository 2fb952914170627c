import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Client } from 'pg';
import { isFindable } from '#core/searched-text.ts';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { bigints, bytes, texts } from './arrays.ts';

const text = fc.string({ unit: 'binary' }).filter(isFindable);
const number = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 32, 2 ** 31, 2 ** 53 - 1, -(2 ** 32)));
const hexadecimal = fc.uint8Array().map((octets) => Buffer.from(octets).toString('hex'));
const listOf = <Value>(value: fc.Arbitrary<Value>) => fc.array(fc.option(value));

test('PostgreSQL reads an array as it was written', async () => {
  const client = new Client({ connectionString: (await sharedCluster()).url() });
  await client.connect();
  const sql = `SELECT to_json($1::text[]) AS texts, to_json($2::bigint[]) AS numbers,
    (SELECT coalesce(json_agg(encode(b, 'hex') ORDER BY n), '[]') FROM unnest($3::bytea[]) WITH ORDINALITY AS d(b, n)) AS bytes`;
  await fc.assert(
    fc.asyncProperty(listOf(text), listOf(number), listOf(hexadecimal), async (ts, ns, bs) => {
      const { rows } = await client.query(sql, [texts(ts), bigints(ns), bytes(bs)]);
      assert.deepEqual(rows, [{ texts: ts, numbers: ns, bytes: bs }]);
    }),
  );
  await client.end();
});

test('what PostgreSQL cannot hold is refused before it is sent', () => {
  assert.throws(() => texts(['a\0']), TypeError);
  assert.throws(() => texts(['\ud800']), TypeError);
  assert.throws(() => bytes(['abc']), TypeError);
  assert.throws(() => bytes(['zz']), TypeError);
});
