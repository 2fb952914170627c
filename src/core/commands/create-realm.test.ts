import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import type { Context } from '#core/command.ts';
import { idKey } from '#core/ports.ts';
import { Overlay } from '#core/state.ts';
import { createRealm } from './create-realm.ts';

const fields = { name: 'main', language: 'en', region: 'US', timeZone: 'UTC' };
const context = { actor: systemActor, now: '2026-11-22T00:00:00.000Z' } as Context;

/** Of a realm whose id was read after the realm itself was found missing. */
function overtaken(): Overlay {
  const state = new Overlay();
  state.learn({ realms: new Map(), realmIds: new Map([[idKey('accela', 'MAIN'), 1]]) });
  return state;
}

test('a realm that another process makes meanwhile is left to the commit, which finds it', () => {
  const decision = createRealm.decide(overtaken(), { key: 1, ids: { accela: 'MAIN' }, fields }, undefined, context);
  assert.deepEqual(decision.realm, { key: 1, ids: { accela: 'MAIN' }, fields });
});

test('the id of another realm is taken', () => {
  assert.throws(
    () => createRealm.decide(overtaken(), { key: 2, ids: { accela: 'MAIN' }, fields }, undefined, context),
    { code: 'already_exists', reason: 'id_taken', field: 'ids.accela' },
  );
});
