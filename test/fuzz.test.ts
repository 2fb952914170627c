import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fuzzedDialects } from './fuzz/dialects.ts';
import { fuzz } from './fuzz/run.ts';
import { type FuzzedServer, startFuzzed } from './fuzz/server.ts';
import { Tally } from './fuzz/tally.ts';
import { probes } from './probes.ts';

// Whatever is sent, the server answers it, in the right shape and without a fault of its own, and stays as it was.
// FUZZ_REQUESTS sends so many; FUZZ_SEED sends what another run with that seed has sent; FUZZ_TALLY shows who answered what.

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const minutes = 10 + requests / 5000;

/**
 * How much more it may hold after the second half of the requests than after the first: what it remembers of the users
 * that are new comes to half of this; an entry more for each request to more than all of it.
 */
const growthBytes = 2 ** 18 + 48 * (requests / 2);
const sampled = 40;

let server: FuzzedServer;
const tally = new Tally();
before(async () => {
  server = await startFuzzed();
});
after(() => server.stop());

test(`${requests} requests find no fault, and the memory stays flat`, { timeout: minutes * 60_000 }, async (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`);
  await fuzz(server, { seed, part: 0, requests: requests / 2, tally });
  const halfway = await server.heap();
  await fuzz(server, { seed, part: 1, requests: requests / 2, tally });
  const grown = (await server.heap()) - halfway;
  t.diagnostic(`${tally.total} requests; ${grown} bytes more in use after the second half`);
  if (process.env['FUZZ_TALLY'] !== undefined) t.diagnostic(`\n${tally}`);
  assert.ok(tally.total >= requests);
  assert.ok(grown < growthBytes, `${grown} bytes more in use after the second half of ${requests} requests`);
});

test('every operation of every route table was called, and every dialect has done something', () => {
  for (const { name, operations } of fuzzedDialects) {
    const counts = operations.map((operation) => [operation.name, tally.of(`${name} ${operation.name}`)] as const);
    const uncalled = counts.filter(([, { calls }]) => calls === 0).map(([operation]) => operation);
    assert.deepEqual(uncalled, [], `${name}: never called`);
    assert.ok(counts.some(([, { successes }]) => successes > 0));
  }
});

test('afterwards it is alive and ready, and nothing that it has stored is broken', async () => {
  for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(server.origin + path)).status, 200, path);
  assert.deepEqual(await server.verify(), []);
  assert.deepEqual(server.faults, []);
});

for (const [dialect, probe] of probes) {
  test(`afterwards users can be read through ${dialect}, and a read sent back changes nothing`, async () => {
    const call = { origin: server.origin, token: server.owner };
    for (const ids of await server.sample(sampled)) {
      const id = ids[dialect] ?? '';
      const before = await versionOf(ids);
      await probe.read(call, id);
      await probe.echo(call, id).catch((error: Error) => assert.fail(`${id}: ${error.message}`));
      assert.equal(await versionOf(ids), before, id);
    }
  });
}

async function versionOf(ids: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`${server.origin}/directory/v1/users/${ids['directory']}`, {
    headers: { authorization: `Bearer ${server.owner}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { version: number }).version;
}
