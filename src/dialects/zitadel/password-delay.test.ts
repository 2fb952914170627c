import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Reply, startClient } from './test-client.ts';

const right = 'Secr3tP4ssw0rd!';
const wrong = {
  password: { currentPassword: 'wrong', password: { password: 'An0ther!Secret' } },
};

async function withWrongPasswords(client: Client, count: number): Promise<string> {
  const id = await client.seed({ phone: { number: '+41791234567', entered: '+41791234567', sameBy: 'number' } });
  await client.put(id, { password: { password: { password: right } } });
  for (let wrongs = 0; wrongs < count; wrongs += 1) {
    assert.equal((await client.put(id, wrong)).errorId, 'COMMAND-3M0fs');
  }
  return id;
}

/** Waits until the server keeps an answer back. */
async function untilPausing({ server: { clock } }: Client): Promise<void> {
  while (clock.pausing === 0) await sleep(1);
}

/** What is answered after exactly so many milliseconds, and not one earlier. */
async function answeredAfter(client: Client, ms: number, send: () => Promise<Reply>): Promise<Reply> {
  const sending = send();
  await untilPausing(client);
  client.server.clock.advance(ms - 1);
  assert.equal(client.server.clock.pausing, 1);
  client.server.clock.advance(1);
  assert.equal(client.server.clock.pausing, 0);
  return await sending;
}

test('from the fifth wrong password on, its caller is told later, by one second with every five', async (t) => {
  const client = await startClient(t);
  const id = await withWrongPasswords(client, 4);
  for (const [failedAttempts, ms] of [
    [5, 1_000],
    [6, 1_000],
  ] as const) {
    const { body } = await answeredAfter(client, ms, () => client.put(id, wrong));
    assert.equal(body.details[0].failedAttempts, failedAttempts);
  }
  const human = { human: wrong };
  const bySetPassword = { newPassword: wrong.password.password, currentPassword: 'wrong' };
  await answeredAfter(client, 1_000, () => client.send('PATCH', `/v2/users/${id}`, human));
  await answeredAfter(client, 1_000, () => client.send('POST', `/v2/users/${id}/password`, bySetPassword));
  await answeredAfter(client, 1_000, () => client.put(id, wrong));
  const { body } = await answeredAfter(client, 2_000, () => client.put(id, wrong));
  assert.equal(body.details[0].failedAttempts, 10);
  const set = await client.put(id, { password: { ...wrong.password, currentPassword: right } });
  assert.equal(set.status, 200);
});

test('nobody else waits, not even for the same user', async (t) => {
  const client = await startClient(t);
  const id = await withWrongPasswords(client, 4);
  // An empty number is read beside the user: such updates take turns.
  const kept = client.put(id, { ...wrong, phone: { isVerified: true } });
  await untilPausing(client);
  assert.equal((await client.put(id, { username: 'meanwhile' })).status, 200);
  assert.equal((await client.put(id, { phone: { isVerified: true } })).status, 200);
  assert.equal(client.server.clock.pausing, 1);
  client.server.clock.advance(1_000);
  assert.equal((await kept).errorId, 'COMMAND-3M0fs');
});
