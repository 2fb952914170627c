import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Probe, ProbeError } from '#dialects/probe.ts';
import type { Wish } from './matrix/model.ts';
import { type Person, probeOf, World } from './matrix/world.ts';
import { probes } from './probes.ts';
import { stores } from './stores.ts';

// The promise: a change made through any API is validated once, committed once, seen at once through every API, and
// recorded once. Every step checks that exactly one change came, with its before and after (see matrix/world.ts).

for (const store of stores) {
  describe(`on ${store.name}`, () => {
    let world: World;
    before(async () => {
      world = await World.start(store);
    });
    after(() => world.close());

    for (const a of probes.keys()) {
      for (const b of probes.keys()) {
        const story = `created through ${a}, updated through ${b}, locked through ${a}, deleted through ${b}`;
        test(story, (t) => live(world, a, b, t));
      }
    }
  });
}

/** A life through two dialects. */
async function live(world: World, a: string, b: string, t: TestContext): Promise<void> {
  await world.begin();
  const [first, second] = namesFor(world, a, b);
  const creator = through(a, 'create', ({ create }) => create, t);
  const locker = through(a, 'lock', ({ states }) => states['lock'], t);
  const deleter = through(b, 'delete', (probe) => probe.delete, t);

  const person = await world.create(creator, first, everyWish(creator, 'creates'));
  assert.ok(person);
  await world.agree();

  await world.update(person, b, [world.wishFor(second, b), ...everyWish(b, 'writes')]);
  await world.agree();

  await world.update(person, b, everyClearing(b));
  await world.agree();

  const own = await callOf(world, person, b);
  await own.read();
  await world.state(person, locker, 'lock');
  await assert.rejects(own.read(), refused(401), `${b} still answers a locked user`);
  const comesAgain = callOf(world, person, b).then((again) => again.read());
  await assert.rejects(comesAgain, refused(401), `${b} lets a locked user in`);
  if (disablesAndEnables(b)) {
    await world.state(person, b, 'disable');
    await world.state(person, b, 'enable');
    await assert.rejects(own.read(), refused(401), `${b} has forgotten that the user is locked`);
  }
  await world.agree();

  await world.delete(person, deleter);
  await assert.rejects(probeOf(a).read(world.call, person.ids[a] ?? ''), refused(404), `${a} still shows it`);
  await assert.rejects(own.read(), refused(401), `${b} still answers a deleted user`);
  own.close();
  await world.agree();
  await world.verify();
}

/** The dialect, or the directory's where the vendor has no such thing; the test says so. */
function through(dialect: string, what: string, has: (probe: Probe) => unknown, t: TestContext): string {
  if (has(probeOf(dialect))) return dialect;
  t.diagnostic(`${dialect} has no way to ${what} a user: through the directory's own API instead`);
  return 'directory';
}

/** Two names that both wires take. */
function namesFor(world: World, ...dialects: readonly string[]) {
  const [first, second] = world.names.filter(({ sent }) =>
    dialects.every((dialect) => probeOf(dialect).usernames?.test(sent) ?? true),
  );
  return [first ?? assert.fail('no name'), second ?? assert.fail('no other name')] as const;
}

/** A value for everything that the wire creates a user with, or writes. */
function everyWish(dialect: string, which: 'creates' | 'writes'): Wish[] {
  const { [which]: samples = {}, verifies = false } = probeOf(dialect);
  const members = Object.entries(samples).filter(([member]) => member !== 'state');
  return members.flatMap(([member, [first, other]]) => {
    const sample = which === 'writes' ? (other ?? first) : first;
    const verified = which === 'creates' && verifies && (member === 'email' || member === 'phone');
    return sample === undefined ? [] : [{ member, sample, verified }];
  });
}

/** Null for everything that the wire clears. */
function everyClearing(dialect: string): Wish[] {
  return Object.entries(probeOf(dialect).writes).flatMap(([member, samples]) =>
    samples.filter(({ sent }) => sent === null).map((sample) => ({ member, sample })),
  );
}

function disablesAndEnables(dialect: string): boolean {
  const { states } = probeOf(dialect);
  return 'disable' in states && 'enable' in states;
}

/** The user calls as itself: signed in where the wire has that, else with a token of the directory. */
async function callOf(world: World, { fields, passwords, token, ids }: Person, dialect: string) {
  const { origin } = world.call;
  const { signIn, open } = probeOf(dialect);
  const password = passwords.at(-1);
  const own = signIn && password !== undefined ? await signIn({ origin }, String(fields['username']), password) : token;
  return await open({ origin, token: own }, ids[dialect] ?? '');
}

function refused(status: number) {
  return (error: unknown) => error instanceof ProbeError && error.status === status;
}
