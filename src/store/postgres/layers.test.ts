import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unit } from '#core/ports.ts';
import { changing, creating, heldName, tokenOf } from '#store/conformance/samples.ts';
import { layersOf } from './layers.ts';

const indexes = (units: readonly Unit[]) =>
  layersOf(units.map((unit, index) => ({ unit, index }))).map((layer) => layer.map(({ index }) => index));

test('units that write nothing in common are one layer', () => {
  assert.deepEqual(indexes([creating(1), creating(2), { putTokens: [tokenOf(3, 1)] }, {}]), [[0, 1, 2, 3]]);
  assert.deepEqual(indexes([]), []);
});

test('units that write the same keep their order', () => {
  const { user } = creating(1);
  const second = changing(user.after, { ...user.after.fields, owner: true });
  assert.deepEqual(indexes([creating(1), creating(2), second, { putTokens: [tokenOf(1, 1)] }]), [[0, 1], [2], [3]]);
  assert.deepEqual(indexes([{ dropTokens: ['aa'] }, { dropTokens: ['aa'] }]), [[0], [1]]);
  const idempotency = { scope: 's', input: '', outcome: '', expiresAt: '', now: '' };
  assert.deepEqual(indexes([{ idempotency }, { idempotency }]), [[0], [1]]);
});

test('tokens of one client, or of none, are one layer', () => {
  const tokens = [1, 2, 3].map((number) => ({ putTokens: [tokenOf(number, number, { client: 'app' })] }));
  assert.deepEqual(indexes([...tokens, { putTokens: [tokenOf(4, 4)] }, { putTokens: [tokenOf(5, 5)] }]), [
    [0, 1, 2, 3, 4],
  ]);
});

test('a name, an id and a client are in common too', () => {
  const gives = { ...creating(1), removeNames: ['a'] };
  const takes = { ...creating(2), addNames: [heldName('a')] };
  assert.deepEqual(indexes([gives, takes]), [[0], [1]]);
  assert.deepEqual(indexes([creating(1, {}, { zitadel: '7' }), creating(2, {}, { zitadel: '7' })]), [[0], [1]]);
  const client = { dialect: 'accela', client: 'app' };
  const token = tokenOf(1, 1, { ...client });
  assert.deepEqual(indexes([{ dropTokensOfClient: client }, { putTokens: [token] }]), [[0], [1]]);
});
