import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idKey, type Loaded, type Unit } from './ports.ts';
import { Overlay } from './state.ts';
import { hashToken, type Token } from './token.ts';
import type { User } from './user.ts';

// What one command of a batch has decided, the next one must see before any of it is stored.

const minnie: User = {
  key: 1,
  realm: 1,
  kind: 'human',
  ids: { zitadel: '1' },
  version: 1,
  digest: '',
  createdAt: '2026-11-21T10:00:00.000Z',
  changedAt: '2026-11-21T10:00:00.000Z',
  fields: { username: 'minnie' },
  activity: { failedAttempts: 0 },
};
const token = (name: string, signedIn: boolean): Token => ({
  hash: hashToken(name),
  id: name,
  user: 1,
  dialect: 'directory',
  use: 'access',
  signedIn,
  rights: null,
  createdAt: minnie.createdAt,
});
const [made, signedIn] = [token('made', false), token('signed-in', true)];
const pin = { user: 1, name: 'pin', revision: 5, doc: { sealed: 'x' } } as const;
const held = { user: 1, key: 'a', value: 'AA==', createdAt: minnie.createdAt, changedAt: minnie.createdAt };
const record = { dialect: 'devicehive', kind: 'setting', id: 'a', realm: 1, version: 1, doc: 1 };

const loaded: Loaded = {
  users: new Map([[1, minnie]]),
  realms: new Map(),
  names: new Map([['minnie', 1]]),
  ids: new Map([[idKey('zitadel', '1'), 1]]),
  usersBy: new Map(),
  usersByName: new Map(),
  usersByEmail: new Map(),
  realmIds: new Map(),
  tokens: new Map([made, signedIn].map((each) => [each.hash, each])),
  secrets: new Map([[1, [pin]]]),
  metadata: new Map([['1 a', held]]),
  metadataSizes: new Map([[1, new Map([['a', 1]])]]),
  idempotency: new Map(),
  records: new Map(),
};

function after(...units: Unit[]): Overlay {
  const state = new Overlay();
  state.learn(loaded);
  for (const unit of units) state.absorb(unit);
  return state;
}

test('without a write, what was loaded is what there is', () => {
  const state = after();
  assert.equal(state.user(1), minnie);
  assert.equal(state.holderOfName('minnie'), 1);
  assert.equal(state.holderOfId('zitadel', '1'), 1);
  assert.equal(state.token(made.hash), made);
  assert.equal(state.secret(1, 'pin'), pin);
  assert.equal(state.record('devicehive', 'setting', 'a'), undefined);
});

test('a changed user, its new name and the one it gave up', () => {
  const user = { after: { ...minnie, version: 2, fields: { username: 'mini' } }, before: 1 };
  const state = after({ user, addNames: [{ key: 'mini', algorithm: 1 }], removeNames: ['minnie'] });
  assert.equal(state.user(1)?.version, 2);
  assert.equal(state.holderOfName('mini'), 1);
  assert.equal(state.holderOfName('minnie'), undefined);
});

test('a new user and its ids', () => {
  const mickey = { ...minnie, key: 2, ids: { zitadel: '2' } };
  const state = after({ user: { after: mickey, before: 0 }, addNames: [{ key: 'mickey', algorithm: 1 }] });
  assert.equal(state.user(2), mickey);
  assert.equal(state.holderOfId('zitadel', '2'), 2);
  assert.equal(state.holderOfName('mickey'), 2);
});

test('activity counts on, and a later change of the user keeps it', () => {
  const counted = { activity: { user: 1, activity: { failedAttempts: 1 } } };
  assert.equal(after(counted).user(1)?.activity.failedAttempts, 1);
});

test('what was written before anything was loaded stays on top of what is', () => {
  const state = new Overlay();
  const unit = { activity: { user: 1, activity: { failedAttempts: 3 } }, revisions: new Map([[1, 7]]) };
  state.absorb(unit);
  state.learn({ users: new Map([[1, minnie]]), revisions: new Map([[1, 7]]) });
  assert.equal(state.user(1)?.activity.failedAttempts, 3);
  assert.deepEqual(state.revisionsOf([1]), new Map([[1, 8]]));
});

test('secrets that were put and dropped', () => {
  const next = { ...pin, revision: 6 };
  assert.equal(after({ putSecrets: [next] }).secret(1, 'pin'), next);
  assert.equal(after({ dropSecrets: [pin] }).secret(1, 'pin'), undefined);
  assert.equal(after({ dropSecrets: [pin], putSecrets: [next] }).secret(1, 'pin'), next);
});

test('tokens that were put, dropped, or ended with their user or its password', () => {
  const fresh = token('fresh', true);
  const ended = (which: 'all' | 'signed-in'): Unit => ({ dropTokensOf: { user: 1, which } });
  assert.equal(after({ putTokens: [fresh] }).token(fresh.hash), fresh);
  assert.equal(after({ dropTokens: [made.hash] }).token(made.hash), undefined);
  assert.equal(after(ended('signed-in')).token(signedIn.hash), undefined);
  assert.equal(after(ended('signed-in')).token(made.hash), made);
  assert.equal(after(ended('all'), ended('signed-in')).token(made.hash), undefined);
  assert.equal(after({ putTokens: [fresh] }, ended('signed-in')).token(fresh.hash), undefined);
  assert.equal(after({ ...ended('all'), putTokens: [fresh] }).token(fresh.hash), fresh);
});

test('records and idempotent outcomes', () => {
  const idempotency = { scope: 's', input: 'i', outcome: 'o', expiresAt: minnie.createdAt, now: minnie.createdAt };
  const state = after({ putRecords: [record], idempotency });
  assert.equal(state.record('devicehive', 'setting', 'a'), record);
  assert.equal(state.idempotency('s'), idempotency);
});

test('metadata that is put, dropped, or dropped with all of its user shows, and so do the sizes', () => {
  const other = { ...held, key: 'b', value: 'AAAA' };
  const shown = (...units: Unit[]) => {
    const state = after(...units);
    return [state.metadata(1, 'a')?.value, state.metadata(1, 'b')?.value, [...(state.metadataSizes(1) ?? [])]];
  };
  assert.deepEqual(shown(), ['AA==', undefined, [['a', 1]]]);
  assert.deepEqual(shown({ putMetadata: [other] }), [
    'AA==',
    'AAAA',
    [
      ['a', 1],
      ['b', 3],
    ],
  ]);
  assert.deepEqual(shown({ dropMetadata: [held] }, { putMetadata: [other] }), [undefined, 'AAAA', [['b', 3]]]);
  assert.deepEqual(shown({ putMetadata: [other] }, { dropMetadataOf: 1 }), [undefined, undefined, []]);
  assert.deepEqual(shown({ dropMetadataOf: 1, putMetadata: [held] }), ['AA==', undefined, [['a', 1]]]);
  assert.equal(after().metadataSizes(2), undefined);
});
