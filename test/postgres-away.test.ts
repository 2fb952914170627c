import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase } from './postgres/shared-store.ts';
import { startServer } from './server.ts';

test('while the database is away, /readyz says so and callers are told in their dialect; then it goes on by itself', async (context) => {
  const database = await testDatabase(context);
  const proxy = await database.proxy();
  const server = await startServer({
    MUSTER_STORE: proxy.through(database.url),
    MUSTER_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  context.after(() => server.close());
  const ready = async () => (await fetch(`${server.origin}/readyz`)).status;
  const update = () =>
    fetch(`${server.origin}/v2/users/human/1`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ profile: { givenName: 'Minnie', familyName: 'Mouse' } }),
    });
  assert.deepEqual([await ready(), (await update()).status], [200, 200]);
  await proxy.refuse();
  proxy.cutAll();
  assert.equal(await ready(), 503);
  const refused = await update();
  // As gRPC's gateway says it: 14 is unavailable.
  assert.deepEqual([refused.status, ((await refused.json()) as { code?: number }).code], [503, 14]);
  await proxy.accept();
  for (let waited = 0; (await ready()) !== 200; waited++) {
    assert.ok(waited < 500, 'it is not ready again');
    await sleep(20);
  }
  for (let waited = 0; (await update()).status !== 200; waited++) {
    assert.ok(waited < 500, 'updates are refused for ever');
    await sleep(20);
  }
});
