import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from './server.ts';

test('a server answers that it is alive and ready', async () => {
  const server = await startServer();
  for (const path of ['/healthz', '/readyz']) {
    const answer = await fetch(server.origin + path);
    assert.equal(answer.status, 200, path);
  }
  await server.close();
});
