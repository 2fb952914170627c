import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Algorithm, hash as argonHash } from '@node-rs/argon2';
import { hash as bcryptHash } from '@node-rs/bcrypt';
import { createHasher } from './argon-hasher.ts';
import { sources } from './hashes/test-vectors.ts';

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

test('checks a hash of every family, and takes it over', async () => {
  for (const { vectors } of sources) {
    const [password, hash] = vectors.at(-1) ?? ['', ''];
    hasher.accept(hash);
    assert.equal(await hasher.verify(hash, password), true, hash);
    assert.equal(await hasher.verify(hash, `${password}x`), false, hash);
  }
  assert.throws(() => hasher.accept('plain'), { code: 'invalid_argument', reason: 'hash_unsupported' });
});

const shaCrypt = (rounds: number) => `$6$rounds=${rounds}$salt$${'A'.repeat(85)}.`;

test('a check that goes on beyond its deadline is told as such; its thread is ended and the next check has one', async () => {
  const impatient = createHasher({ atOnce: 1, deadlineMs: 1_500 });
  const forHours = impatient.verify(shaCrypt(999_999_999), 'anything');
  const next = impatient.verify(shaCrypt(1_000), 'anything');
  await assert.rejects(forHours, { code: 'deadline_exceeded', reason: 'password_check_timed_out' });
  assert.equal(await next, false);
});

test('slow checks are bounded with the others, and leave the event loop free', async () => {
  const small = createHasher({ atOnce: 1, waiting: 1 });
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => small.verify(shaCrypt(100_000), 'anything')));
  clearInterval(counting);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.reason)),
    [false, false, 'queue_full'],
  );
  assert.ok(turns >= 8, `${turns} turns of the event loop`);
});

test('no slow scheme is given a password of more than 4096 bytes', async () => {
  const impatient = createHasher({ deadlineMs: 1 });
  assert.equal(await impatient.verify(shaCrypt(999_999_999), 'é'.repeat(2049)), false);
});

test('renews what is not argon2id at its own costs at least', async () => {
  const own = await hasher.hash('pässword');
  const dear = await argonHash('pässword', { memoryCost: 24_576, timeCost: 3, parallelism: 2 });
  for (const hash of [own, dear]) assert.equal(await hasher.renew(hash, 'pässword'), undefined, hash);
  const foreign = [
    await argonHash('pässword', { memoryCost: 19_456, timeCost: 1 }),
    await argonHash('pässword', { memoryCost: 19_455, timeCost: 2 }),
    await argonHash('pässword', { memoryCost: 65_536, timeCost: 3, algorithm: 1 satisfies Algorithm.Argon2i }),
    await bcryptHash('pässword', 10),
    'f96b697d7cb7938d525a2f31aaf161d0',
  ];
  for (const hash of foreign) {
    const renewed = (await hasher.renew(hash, 'pässword')) ?? '';
    assert.match(renewed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await hasher.verify(renewed, 'pässword'), true);
  }
});

test('renews nothing while it has too much to do', async () => {
  const small = createHasher({ atOnce: 1, waiting: 0 });
  const busy = small.hash('one');
  assert.equal(await small.renew('f96b697d7cb7938d525a2f31aaf161d0', 'message digest'), undefined);
  await busy;
});

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
