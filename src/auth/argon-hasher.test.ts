import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Algorithm, hash as argonHash } from '@node-rs/argon2';
import { hash as bcryptHash } from '@node-rs/bcrypt';
import type { DirectoryError, ErrorReason } from '#core/errors.ts';
import { createHasher } from './argon-hasher.ts';

const hasher = createHasher();

test('hashes with argon2id at the OWASP parameters, salted', async () => {
  const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(one, two);
  assert.equal(await hasher.verify(one, 'correct horse'), true);
  assert.equal(await hasher.verify(one, 'wrong horse'), false);
});

test('checks what other systems made: argon2i, and bcrypt under its three names', async () => {
  const argon2i = await argonHash('pässword', { algorithm: 1 satisfies Algorithm.Argon2i, memoryCost: 8192 });
  const bcrypt = await bcryptHash('pässword', 10);
  const foreign = [argon2i, ...['2a', '2b', '2y'].map((name) => bcrypt.replace(/^\$2b/, `$${name}`))];
  for (const hash of foreign) {
    hasher.accept(hash);
    assert.equal(await hasher.verify(hash, 'pässword'), true, hash);
    assert.equal(await hasher.verify(hash, 'password'), false, hash);
  }
});

test('text that is no hash is a wrong password', async () => {
  for (const hash of ['', 'plain', '$argon2id$v=19$broken', '$2b$12$short', '$6$rounds=5000$x$y']) {
    assert.equal(await hasher.verify(hash, 'plain'), false, hash);
  }
});

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const digest = 'A'.repeat(43);
const argon = (costs: string, scheme = 'argon2id') => `$${scheme}$v=19$${costs}$${salt}$${digest}`;
const bcrypt = (cost: string) => `$2b$${cost}$${'a'.repeat(21)}u${'a'.repeat(31)}`;

test('takes over hashes within the bounds, both ends included', () => {
  const fine = ['m=8192,t=1,p=1', 'm=524288,t=10,p=16', 'm=19456,t=2,p=1'];
  for (const costs of fine) {
    hasher.accept(argon(costs));
    hasher.accept(argon(costs, 'argon2i'));
  }
  for (const cost of ['10', '16']) hasher.accept(bcrypt(cost));
});

function refusalOf(hash: string): { code: string; reason: ErrorReason; field: string | undefined } | undefined {
  try {
    hasher.accept(hash);
    return undefined;
  } catch (error) {
    const { code, reason, field } = error as DirectoryError;
    return { code, reason, field };
  }
}

const refused: readonly [ErrorReason, readonly string[]][] = [
  ['hash_unsupported', ['', 'plain', '5f4dcc3b5aa765d61d8327deb882cf99', '$2x$12$abc', '$scrypt$ln=16,r=8,p=1$a$b']],
  ['hash_unsupported', [argon('m=19456,t=2,p=1', 'argon2d'), '$6$rounds=5000$salt$digest']],
  ['hash_malformed', ['$2b$12$', `${bcrypt('12')}a`, `$2b$1$${'a'.repeat(53)}`, `$2b$12$${'!'.repeat(53)}`]],
  ['hash_malformed', ['$argon2id$', argon('m=19456,t=2'), argon('m=1e9,t=2,p=1'), `${argon('m=19456,t=2,p=1')}$`]],
  [
    'hash_out_of_bounds',
    ['m=8191,t=1,p=1', 'm=524289,t=1,p=1', 'm=8192,t=11,p=1', 'm=8192,t=1,p=17'].map((c) => argon(c)),
  ],
  ['hash_out_of_bounds', [bcrypt('09'), bcrypt('17'), bcrypt('31')]],
];

for (const [reason, hashes] of refused) {
  test(`refuses as ${reason}: ${hashes.map((hash) => hash.slice(0, 32) || 'nothing').join(' ')}`, () => {
    for (const hash of hashes) {
      assert.deepEqual(refusalOf(hash), { code: 'invalid_argument', reason, field: 'password' }, hash);
    }
  });
}

test('beyond its queue it refuses at once, and goes on with what waits', async () => {
  const small = createHasher({ atOnce: 1, waiting: 1 });
  const outcomes = await Promise.allSettled([small.hash('one'), small.hash('two'), small.hash('three')]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  );
  const [, , third] = outcomes;
  assert.equal((third as PromiseRejectedResult).reason.code, 'resource_exhausted');
  await small.hash('four');
});

test('hashing leaves the event loop free', async () => {
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  await Promise.all(Array.from({ length: 8 }, () => hasher.hash('correct horse')));
  clearInterval(counting);
  assert.ok(turns >= 8, `${turns} turns of the event loop`);
});
