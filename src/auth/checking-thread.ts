import { parentPort } from 'node:worker_threads';
import { familyOf } from './hashes/families.ts';
import type { SlowCheck } from './slow-checks.ts';

parentPort?.on('message', async ({ hash, password }: SlowCheck) => {
  parentPort?.postMessage((await familyOf(hash)?.read(hash)?.matches(password)) ?? false);
});
