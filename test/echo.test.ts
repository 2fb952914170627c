import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { CreateUserInput, StateInput } from '#core/commands/user-input.ts';
import type { User } from '#core/user.ts';
import { probes } from './probes.ts';
import { startServer, type TestServer } from './server.ts';
import { stores } from './stores.ts';

// The echo law: a read sent back as an update, through any dialect, in any state, changes nothing.

const states: Readonly<Record<string, StateInput>> = {
  active: {},
  locked: { locked: true },
  disabled: { disabled: true },
  'locked and disabled': { locked: true, disabled: true },
};

const question = { question: 'First pet?', order: '1' };
const people: Readonly<Record<string, Partial<CreateUserInput>>> = {
  'a name and nothing else': {},
  'a name that only some wires take': { patch: { username: 'Zoë "the 1st" <b>&amp;' } },
  'a name of one character': { patch: { username: 'x' } },
  'a name of its own in each dialect': {
    patch: {
      username: 'own',
      'loginNames.devicehive': 'own-dh',
      'loginNames.accela': 'own-a',
      'loginNames.twosms': 'own-2',
    },
  },
  'all that can be said': {
    patch: {
      username: 'all',
      'profile.givenName': 'Minnie',
      'profile.familyName': 'Mouse',
      'profile.nickName': 'Mini',
      'profile.displayName': 'Minnie <Mouse> & "Co"',
      'profile.gender': 'female',
      'profile.language': 'de-CH',
      'profile.timeZone': 'Europe/Zurich',
      acceptsTextMessages: true,
      data: { theme: 'dark', nested: { a: [1, null, { b: '' }] } },
      registeredAt: '2015-02-09T16:23:58.123Z',
      'extensions.devicehive.introReviewed': true,
      'extensions.accela.role': 'AUTH_AGENT',
    },
    email: { address: 'mini@mouse.com', verified: true },
    phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'entered', verified: true },
    securityQuestions: [{ ...question, answer: 'Pluto' }, { question: 'Without an answer?' }],
    pin: '4711',
    administers: { devicehive: true, twosms: true },
  },
  'an administrator of everything': { patch: { administers: ['directory'] } },
  'values that no list knows': {
    patch: { 'profile.language': 'tlh-Latn-AQ', 'profile.timeZone': 'Pacific/Chatham', 'profile.displayName': ' ' },
    phone: { entered: '12345', sameBy: 'entered' },
    email: { address: 'müller@exämple.ch' },
  },
  'a number of the United States': {
    phone: { number: '+12135550123', entered: '(213) 555-0123', sameBy: 'entered' },
    patch: { acceptsTextMessages: false },
  },
  'a phone that is no number at all': { phone: { entered: 'ask my mother', sameBy: 'entered' } },
  'a time that daylight saving skips or repeats': {
    patch: { registeredAt: '2024-11-03T05:30:00.000Z', 'profile.timeZone': 'America/New_York' },
  },
};

for (const store of stores) {
  describe(`on ${store.name}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer(await store.environment());
    });
    after(() => server.close());

    for (const dialect of probes.keys()) {
      describe(`a read sent back through ${dialect} changes nothing`, () => {
        for (const description of Object.keys(people)) {
          test(description, () => echo(server, dialect, people[description] ?? {}));
        }
      });
    }
  });
}

/** One person in every state. */
async function echo(server: TestServer, dialect: string, person: Partial<CreateUserInput>): Promise<void> {
  const probe = probes.get(dialect) ?? assert.fail(`there is no probe of ${dialect}`);
  for (const [state, input] of [...Object.entries(states), ['initial', {}] as const]) {
    const { key, ids } = await make(server, person, state === 'initial' ? 'initial' : 'active');
    const system = server.directory.as(systemActor, { dialect: 'directory' });
    const { user } = await system.run(updateUser, { user: key, state: input });
    server.clock.advance(60_000);
    const id = ids[dialect] ?? '';
    await probe.echo(server, id).catch((error: Error) => assert.fail(`${state}: ${error.message}`));
    assert.deepEqual(
      (await system.changesOf(key)).slice(user?.version).map(({ changes }) => changes),
      [],
      state,
    );
    // Names are unique: the next one of this kind needs them.
    await system.run(updateUser, { user: key, patch: freed(person, key) });
  }
}

let count = 0;
async function make(
  server: TestServer,
  person: Partial<CreateUserInput>,
  lifecycle: 'initial' | 'active',
): Promise<User> {
  const patch = { username: `user-${++count}`, ...person.patch };
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const { user } = await system.run(createUser, { realm: 1, kind: 'human', ...person, lifecycle, patch });
  return user as User;
}

function freed({ patch = {} }: Partial<CreateUserInput>, key: number): Record<string, string> {
  const names = Object.keys(patch).filter((path) => path === 'username' || path.startsWith('loginNames.'));
  return Object.fromEntries(names.map((path) => [path, `freed-${path.toLowerCase()}-${key}`]));
}
