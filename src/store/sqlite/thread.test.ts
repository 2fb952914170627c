import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Thread } from './thread.ts';

const program = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const exits = program(
  `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`,
);

test('a thread that dies is told of, and whoever asks it is refused', async () => {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const thread = new Thread(exits, {}, undefined, resolve);
  await assert.rejects(thread.ask('anything'), { code: 'unavailable', reason: 'store_unavailable' });
  assert.notEqual(await told, '');
  await assert.rejects(thread.ask('again'), { code: 'unavailable', reason: 'store_unavailable' });
});

test('a thread that is stopped is not told of', async () => {
  let told = false;
  const thread = new Thread(exits, {}, undefined, () => {
    told = true;
  });
  await thread.stop();
  assert.equal(told, false);
  await assert.rejects(thread.ask('anything'), { code: 'unavailable' });
});
