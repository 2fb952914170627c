import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { startTextProvider } from '#test/text-provider.ts';
import { openTestOutbox, secret } from './test-outbox.ts';

test('a text message is posted once, signed, with its id as idempotency key', async (context) => {
  const provider = await startTextProvider(context);
  const world = await openTestOutbox(context, { texts: provider.url });
  await world.ask(await world.person('minnie', { 'profile.language': 'it' }), 'phone');
  await world.deliver();
  await world.deliver();
  assert.equal(provider.requests.length, 1);
  const [request] = provider.requests;
  assert.deepEqual([request?.method, request?.path], ['POST', '/send']);
  const { id, to, text, ...rest } = JSON.parse(request?.body ?? '');
  const [message] = await world.messages();
  assert.deepEqual([id, to, rest], [message?.id, '+41791234567', {}]);
  assert.match(text, /^Il tuo codice per confermare questo numero è [A-Z0-9]{6}\. È valido ancora per 60 minuti\.$/);
  const headers = request?.headers ?? {};
  assert.equal(headers['idempotency-key'], id);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['muster-timestamp'], String(Date.UTC(2026, 10, 21, 10) / 1000));
  const mac = createHmac('sha256', secret).update(`${headers['muster-timestamp']}.${request?.body}`).digest('hex');
  assert.equal(headers['muster-signature'], `v1=${mac}`);
  assert.deepEqual([message?.state, message?.sealed], ['delivered', '']);
});

test('what the provider does not take fails at once, what it cannot take now waits', async (context) => {
  const states = new Map([
    [400, 'failed'],
    [422, 'failed'],
    [302, 'waiting'],
    [401, 'waiting'],
    [404, 'waiting'],
    [429, 'waiting'],
    [503, 'waiting'],
  ]);
  for (const [status, state] of states) {
    const provider = await startTextProvider(context, [status]);
    const world = await openTestOutbox(context, { texts: provider.url });
    await world.ask(await world.person('minnie'), 'phone');
    await world.deliver();
    const [message] = await world.messages();
    assert.deepEqual([message?.state, message?.lastError], [state, `The provider answered ${status}.`]);
    assert.equal(provider.requests.length, 1);
    world.clock.advance(10_000);
    await world.deliver();
    assert.equal((await world.messages())[0]?.state, state === 'failed' ? 'failed' : 'delivered');
    const keys = provider.requests.map(({ headers }) => headers['idempotency-key']);
    assert.deepEqual(new Set(keys), new Set([message?.id]));
  }
});

test('a provider that never answers, or is not there, is tried again', async (context) => {
  const silent = await startTextProvider(context, [0]);
  for (const texts of [silent.url, 'http://127.0.0.1:1/']) {
    const world = await openTestOutbox(context, { texts, timeMs: 200 });
    await world.ask(await world.person('minnie'), 'phone');
    await world.deliver();
    const [message] = await world.messages();
    assert.deepEqual([message?.state, message?.attempts], ['waiting', 1]);
    assert.notEqual(message?.lastError, '');
  }
});
