import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DirectoryError, type ErrorReason } from '#core/errors.ts';
import { acceptForeignHash } from './accept.ts';
import { familyOf } from './families.ts';
import type { PasswordHash } from './family.ts';
import { sources } from './test-vectors.ts';

const vectors = sources.flatMap((source) => source.vectors);

function read(hash: string): PasswordHash {
  const known = familyOf(hash)?.read(hash);
  assert.ok(known, hash);
  return known;
}

for (const { title, vectors } of sources) {
  test(`${title}: matches their password and no other`, async () => {
    for (const [password, hash] of vectors) {
      const known = read(hash);
      assert.equal(await known.matches(password), true, hash);
      assert.equal(await known.matches(`${password}x`), false, hash);
    }
  });
}

test('a password of whatever is no more than wrong', async () => {
  const odd = ['', '\0', 'a\0b', '\ud800', 'é'.repeat(72), 'x'.repeat(5000)];
  for (const { vectors } of sources) {
    const others = vectors.filter(([password]) => password !== '').map(([, hash]) => hash);
    const [cheapest = ''] = others.toSorted((one, other) => read(one).cost.ms - read(other).cost.ms);
    for (const password of odd) assert.equal(await read(cheapest).matches(password), false, cheapest);
  }
});

/** Why it is not taken over; anything but a DirectoryError is thrown on. */
function refusalOf(hash: string): ErrorReason | undefined {
  try {
    acceptForeignHash(hash);
    return undefined;
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    assert.deepEqual([error.code, error.field], ['invalid_argument', 'password']);
    return error.reason;
  }
}

/** The vector with another character at one place. */
const mutated = fc
  .tuple(fc.constantFrom(...vectors), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }))
  .map(([[password, hash], at, character]) => {
    const place = at % hash.length;
    return { password, hash, mutant: hash.slice(0, place) + character + hash.slice(place + 1) };
  });

test('whatever is sent is refused with a reason, or can be checked', () => {
  const ends = fc.constantFrom('', '$', '$a$b', '!', '\n');
  const near = fc.tuple(mutated, ends).map(([{ mutant }, end]) => mutant + end);
  const cut = fc.tuple(fc.constantFrom(...vectors), fc.nat()).map(([[, hash], at]) => hash.slice(0, at % hash.length));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), near, cut), (text) => {
      if (refusalOf(text) === undefined) read(text);
    }),
    { numRuns: 5000 },
  );
});

test('a hash in which a character is another one does not match, but where it is another name of the same', async () => {
  const isCheap = (hash: string) => read(hash).cost.ms < 20;
  const sameName = (hash: string) =>
    /^[0-9a-f]{32}$/i.test(hash) ? hash.toLowerCase() : hash.replace(/^\$[PH]\$/, '$P$').replace(/^\$2[aby]\$/, '$2b$');
  const cases = mutated.filter(
    ({ hash, mutant }) =>
      isCheap(hash) && refusalOf(mutant) === undefined && isCheap(mutant) && sameName(hash) !== sameName(mutant),
  );
  const check = async ({ password, mutant }: { password: string; mutant: string }) =>
    assert.equal(await read(mutant).matches(password), false, mutant);
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: 300 });
});

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const argon = (costs: string, digest = 43) => `$argon2id$v=19$${costs}$${salt}$${'A'.repeat(digest)}`;
const bcrypt = (cost: number | string) => `$2b$${cost}$${'a'.repeat(21)}u${'a'.repeat(31)}`;
const scrypt = (costs: string) => `$scrypt$${costs}$${salt}$${'A'.repeat(43)}`;
const pbkdf2 = (rounds: number | string, name = '', digest = 43) =>
  `$pbkdf2${name}$${rounds}$${salt}$${'A'.repeat(digest)}`;
const sha512 = (start: string) => `$6$${start}${'A'.repeat(85)}.`;
const sha256 = (start: string) => `$5$${start}${'A'.repeat(43)}`;
const phpass = (cost: string) => `$P$${cost}saltsalt${'A'.repeat(21)}.`;
const drupal = (cost: string) => `$S$${cost}saltsalt${'A'.repeat(43)}`;

const taken = {
  'the lowest costs': [
    ...[argon('m=8192,t=1,p=1'), bcrypt(10), scrypt('ln=14,r=8,p=1'), pbkdf2(1000), sha512('rounds=1000$s$')],
    ...[sha256('rounds=1000$s$'), phpass('5'), drupal('8')],
  ],
  'the highest costs below the ceiling': [
    ...[argon('m=65536,t=10,p=16'), argon('m=8192,t=10,p=1'), bcrypt(14), scrypt('ln=16,r=8,p=4')],
    ...[scrypt('ln=14,r=32,p=1'), scrypt('ln=14,r=8,p=16'), phpass('I'), drupal('G')],
  ],
  "other programs' defaults": [
    // passlib, with the greatest that it has had; OWASP's for PBKDF2; argon2-cffi; ZITADEL; WordPress; Drupal.
    ...[sha512('rounds=656000$s$'), sha256('rounds=535000$s$'), pbkdf2(131_000), pbkdf2(29_000, '-sha256')],
    ...[pbkdf2(25_000, '-sha512', 86), pbkdf2(1_300_000, '', 27), pbkdf2(600_000, '-sha256')],
    ...[pbkdf2(210_000, '-sha512', 86), scrypt('ln=16,r=8,p=1'), argon('m=65536,t=3,p=4'), bcrypt(12), bcrypt(14)],
    ...[phpass('B'), drupal('D'), drupal('E'), sha512('s$'), sha256('s$')],
  ],
  'what has no costs': vectors.map(([, hash]) => hash).filter((hash) => read(hash).parameters.length === 0),
};

for (const [what, hashes] of Object.entries(taken)) {
  test(`takes over ${what}`, () => {
    for (const hash of hashes) assert.equal(refusalOf(hash), undefined, hash);
  });
}

const refused: readonly [why: string, reason: ErrorReason, hashes: readonly string[]][] = [
  [
    'other schemes',
    'hash_unsupported',
    [
      ...[
        '',
        'plain',
        '$',
        '$2x$12$abc',
        '$y$j9T$salt$digest',
        '$apr1$salt$digest',
        '$argon2d$v=19$m=8192,t=1,p=1$a$b',
      ],
      ...['5f4dcc3b5aa765d61d8327deb882cf9', '{CRYPT}$6$x', '{MD5}x', 'pbkdf2_sha256$1$a$b', '$sha1$1$a$b', '$3$$x'],
    ],
  ],
  [
    'what is below the lowest cost',
    'hash_out_of_bounds',
    [
      ...[argon('m=8191,t=1,p=1'), bcrypt('09'), scrypt('ln=13,r=8,p=1'), scrypt('ln=14,r=7,p=1'), pbkdf2(999)],
      ...[sha512('rounds=999$s$'), phpass('4'), drupal('7')],
    ],
  ],
  [
    "what is above the vendor's highest cost",
    'hash_out_of_bounds',
    [
      ...[argon('m=524289,t=1,p=1'), argon('m=8192,t=11,p=1'), argon('m=8192,t=1,p=17'), bcrypt(17), bcrypt(31)],
      ...[scrypt('ln=21,r=8,p=1'), scrypt('ln=14,r=33,p=1'), scrypt('ln=14,r=8,p=17'), pbkdf2(10_000_001)],
      ...[phpass('U'), phpass('z'), drupal('H')],
    ],
  ],
  [
    'what is above the ceiling',
    'hash_out_of_bounds',
    [
      ...[argon('m=65537,t=1,p=1'), argon('m=524288,t=1,p=1'), bcrypt(15), bcrypt(16)],
      ...[scrypt('ln=17,r=8,p=1'), scrypt('ln=16,r=9,p=1'), scrypt('ln=16,r=8,p=5'), scrypt('ln=20,r=32,p=16')],
      ...[
        pbkdf2(10_000_000),
        pbkdf2(10_000_000, '-sha512', 86),
        sha512('rounds=999999999$s$'),
        phpass('J'),
        phpass('T'),
      ],
      ...[sha256('rounds=2000000$s$'), '$7$DU..../....s$A'.concat('A'.repeat(42))],
    ],
  ],
  [
    'what is not in its form',
    'hash_malformed',
    [
      ...['$argon2id$', argon('m=8192,t=2'), argon('m=1e4,t=2,p=1'), argon('m=08192,t=2,p=1'), argon('m=8192,t=0,p=1')],
      ...[argon('m=8192,t=2,p=1', 41), argon('m=8192,t=2,p=1', 21), argon('m=8192,t=2,p=1').replace('19', '16')],
      ...[`${argon('m=8192,t=2,p=1')}$`, `${argon('m=8192,t=2,p=1')}\n`, argon('m=16,t=2,p=16')],
      ...[
        '$2b$12$',
        `${bcrypt(12)}a`,
        bcrypt(1),
        bcrypt(32),
        bcrypt('03'),
        bcrypt(12).replace('u', 'v'),
        `${bcrypt(12).slice(0, -1)}b`,
      ],
      ...[scrypt('ln=16,r=8'), scrypt('ln=0,r=8,p=1'), scrypt('N=16,r=8,p=1'), scrypt('ln=16,r=8,p=1').slice(0, -30)],
      ...['$7$', '$7$CU..../....salt', '$7$CU..../....salt$short', `$7$C/////.....s$${'A'.repeat(42)}z`],
      ...[
        pbkdf2('01000'),
        pbkdf2(0),
        pbkdf2(1000, '-md5'),
        pbkdf2(1000, '', 20),
        `${pbkdf2(1000)}=`,
        '$pbkdf2-sha256$',
      ],
      ...[
        sha512('rounds=05000$s$'),
        sha512('rounds=$s$'),
        sha512('seventeen-letters$'),
        sha512('s:$'),
        sha512('s$').slice(0, -1),
      ],
      ...[`${sha512('s$').slice(0, -1)}2`, `${sha256('s$').slice(0, -1)}E`, '$5$', `$5$rounds=05$${'A'.repeat(43)}`],
      ...['$1$salt$', `$1$ninechars$${'A'.repeat(21)}.`, `$1$s$${'A'.repeat(21)}2`, '$P$B', `${phpass('B')}a`],
      ...[drupal('D').slice(0, -1), `${drupal('D')}A`, '$md5salted-middle$s$XUFAKrxLKna5cZ2REBfFkg==', '$md5salted-'],
      ...['$md5salted-prefix$s$XUFAKrxLKna5cZ2REBfFkg', '{SSHA}', '{SHA}AAAA', '{SSHA}WLrsXwWKD/4HtaIdI5GNgo9kV0k='],
    ],
  ],
];

for (const [why, reason, hashes] of refused) {
  test(`refuses ${why} as ${reason}`, () => {
    for (const hash of hashes) assert.equal(refusalOf(hash), reason, hash);
  });
}

test('nothing that is taken over costs more than the ceiling', () => {
  const costs = fc.tuple(fc.nat(24), fc.nat(40), fc.nat(20), fc.integer({ min: 1, max: 20_000_000 }));
  const texts = costs.map(([ln, r, p, rounds]) => [
    ...[argon(`m=${2 ** ln},t=${p},p=${p}`), bcrypt(`${ln}`.padStart(2, '0')), scrypt(`ln=${ln},r=${r},p=${p}`)],
    ...[pbkdf2(rounds, '-sha512', 86), sha512(`rounds=${rounds}$s$`), sha256(`rounds=${rounds}$s$`)],
  ]);
  fc.assert(
    fc.property(texts, (hashes) => {
      for (const hash of hashes.filter((one) => refusalOf(one) === undefined)) {
        const { ms, memoryKiB } = read(hash).cost;
        assert.ok(ms <= 1_000 && memoryKiB <= 65_536, hash);
      }
    }),
  );
});
