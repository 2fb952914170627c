import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TOTP } from 'otpauth';
import { epochMsOf, instantOf } from '#core/instant.ts';
import { seededRandom } from '#test/manual.ts';
import { newTotpSecret, normaliseTotpSecret, totpStep, totpUri } from './totp-rules.ts';

/** The key of RFC 6238's test vectors, `12345678901234567890`. */
const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('the codes are those of RFC 6238', () => {
  const vectors: readonly (readonly [seconds: number, code: string])[] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors) {
    assert.equal(totpStep(rfcSecret, code, instantOf(seconds * 1000)), Math.floor(seconds / 30), code);
    assert.equal(totpStep(rfcSecret, ` ${code} `, instantOf(seconds * 1000)), Math.floor(seconds / 30));
  }
});

test('a code holds in its own step and those beside it, and each step but once', () => {
  const moment = fc.integer({ min: 0, max: epochMsOf('2100-01-01T00:00:00.000Z') });
  const seed = fc.integer({ min: 1, max: 0x7fff_ffff });
  fc.assert(
    fc.property(
      seed,
      moment,
      fc.integer({ min: -4, max: 4 }),
      fc.integer({ min: -2, max: 2 }),
      (from, at, away, last) => {
        const secret = newTotpSecret(seededRandom(from));
        const now = Math.floor(at / 30_000);
        const code = new TOTP({ secret }).generate({ timestamp: Math.max(0, now + away) * 30_000 });
        const step = totpStep(secret, code, instantOf(at));
        // Codes of other steps may be the same by chance: then it is one of those that hold.
        if (step === undefined) assert.ok(Math.abs(away) > 1 || now + away < 0);
        else assert.equal(new TOTP({ secret }).generate({ timestamp: step * 30_000 }), code);
        if (Math.abs(away) > 1 && step !== undefined) return;
        const taken = totpStep(secret, code, instantOf(at), now + last);
        assert.equal(taken, step !== undefined && step > now + last ? step : undefined);
      },
    ),
  );
});

test('what is no code of six digits holds never', () => {
  for (const code of ['', '28708', '2870822', 'abcdef', '94287082', '0x1F4A', '２８７０８２']) {
    assert.equal(totpStep(rfcSecret, code, instantOf(59_000)), undefined, code);
  }
});

test('a new secret has 160 bits, and is its own canonical form', () => {
  const secret = newTotpSecret(seededRandom(7));
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(normaliseTotpSecret(secret), secret);
  assert.notEqual(newTotpSecret(seededRandom(8)), secret);
});

test('a secret from elsewhere is taken as people write it, and refused when it is none', () => {
  assert.equal(normaliseTotpSecret('gezd gnbv-gy3t qojq===='), 'GEZDGNBVGY3TQOJQ');
  for (const text of ['', 'a', 'GEZDGNBVGY3TQOJ', 'GEZDGNBVGY3TQOJ1', 'GEZDGNBVGY3TQOJ=Q', 'A'.repeat(129)]) {
    assert.throws(() => normaliseTotpSecret(text), { code: 'invalid_argument', field: 'totpSecret' }, text);
  }
});

test('the URI is what authenticator apps read', () => {
  const uri = new URL(totpUri(rfcSecret, 'Mouse & Co', 'minnie@mouse.com'));
  assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp');
  assert.equal(decodeURIComponent(uri.pathname), '/Mouse & Co:minnie@mouse.com');
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    issuer: 'Mouse & Co',
    secret: rfcSecret,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
