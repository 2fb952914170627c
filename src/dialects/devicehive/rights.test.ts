import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, systemActor } from '#core/actor.ts';
import type { Json } from '#core/json.ts';
import {
  type Action,
  actionNames,
  allRights,
  clientActions,
  covers,
  permits,
  type Rights,
  rightsOf,
} from './rights.ts';

const names = actionNames.slice(2) as Action[];
const permitted = (a: Rights['a']): Action[] => names.filter((action) => permits({ a, n: null, dt: null }, action));
const withRights = (rights: Json): Actor => ({ ...systemActor, token: { hash: '', rights, signedIn: false } });

test('0 allows everything, none nothing, an empty list what a client may do', () => {
  const client = names.filter((name) => !/^Manage(User|Configuration|Network|DeviceType)$/.test(name));
  assert.deepEqual(permitted([0]), names);
  assert.deepEqual(permitted([0, 1]), names);
  assert.deepEqual(permitted(null), []);
  assert.deepEqual(permitted([1]), []);
  assert.deepEqual(permitted([]), client);
  assert.deepEqual(permitted(clientActions), client);
});

test('each number stands for its action alone', () => {
  for (const [index, name] of names.entries()) assert.deepEqual(permitted([index + 2]), [name]);
  assert.deepEqual(
    [10, 11, 12, 15].map((number) => actionNames[number]),
    ['GetCurrentUser', 'UpdateCurrentUser', 'ManageUser', 'ManageToken'],
  );
});

test("a token of another dialect's allows everything, a damaged row nothing", () => {
  assert.deepEqual(rightsOf(withRights(null)), allRights);
  assert.deepEqual(rightsOf(withRights({ a: [3], n: null, dt: ['1'] })), { a: [3], n: null, dt: ['1'] });
  assert.deepEqual(rightsOf(withRights('all')), { a: null, n: null, dt: null });
  assert.deepEqual(rightsOf(systemActor), { a: null, n: null, dt: null });
});

test('rights are covered by the same and by more, never by less', () => {
  const some = (a: Rights['a'], n: Rights['n'] = null, dt: Rights['dt'] = null): Rights => ({ a, n, dt });
  const covered: [Rights, Rights][] = [
    [allRights, allRights],
    [allRights, some([], ['1'], ['*'])],
    [some(clientActions), some([])],
    [some([]), some(clientActions)],
    [some([2, 3]), some([3])],
    [some([2]), some(null)],
    [some([2]), some([1])],
    [some([2], ['1', '2']), some([2], ['2'])],
    [some([2], [], ['*']), some([2], [], ['*'])],
    [some([...actionNames.keys()].slice(2)), some([0])],
  ];
  const refused: [Rights, Rights][] = [
    [some([]), some([0])],
    [some([2]), some([])],
    [some([2, 3]), some([2, 4])],
    [some(null), some([2])],
    [some([2], ['1']), some([2], ['*'])],
    [some([2], ['1']), some([2], ['1', '2'])],
    [some([2], null), some([2], ['1'])],
    [some([2], ['*'], ['1']), some([2], ['*'], ['*'])],
  ];
  for (const [held, wanted] of covered) assert.equal(covers(held, wanted), true, JSON.stringify([held, wanted]));
  for (const [held, wanted] of refused) assert.equal(covers(held, wanted), false, JSON.stringify([held, wanted]));
});
