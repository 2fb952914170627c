import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertKept, Client } from './crash-client.ts';
import { startDoomedServer } from './crash-process.ts';
import { type CrashStore, crashStores } from './crash-stores.ts';
import { seededRandom } from './manual.ts';

const clients = 8;

for (const store of crashStores) {
  test(`a server on ${store.name} that is killed at any moment keeps all that it acknowledged through any API`, (t) =>
    killAgainAndAgain(store, t));
}

async function killAgainAndAgain({ kills, create }: CrashStore, t: TestContext): Promise<void> {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`CRASH_SEED=${seed}`);
  const random = seededRandom(seed);
  const { environment, verify } = await create();
  const crowd = Array.from({ length: clients }, (_, index) => new Client(`client${index}`));
  for (let kill = 1; kill <= kills; kill += 1) {
    const { process: child, call: callOf } = startDoomedServer(t, environment);
    const moment = (random.bytes(1)[0] ?? 0) / 255;
    // Some die while they are starting, the first start among them.
    const starting = kill % 8 === 1;
    const call = starting ? undefined : await callOf();
    const running = Promise.all(call ? crowd.map((client) => client.runUntilKilled(child, call)) : []);
    const untilMoment = sleep(starting ? 300 + moment * 700 : 20 + moment * 400);
    await Promise.race([untilMoment, running.then(() => untilMoment)]);
    await child.kill();
    await running;
    const survivors = await verify();
    for (const { ledger } of crowd) if (ledger) assertKept(ledger, survivors.values());
  }
  const total = crowd.flatMap(({ ledger }) => ledger?.acknowledged ?? []).length;
  t.diagnostic(`${total} changes acknowledged`);
  assert.ok(total > kills, `only ${total} changes were acknowledged`);
}
