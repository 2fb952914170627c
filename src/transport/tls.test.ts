import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { keepCertificate, makeCertificate } from '#test/certificate.ts';
import { CertificateError, readCertificate } from './tls.ts';

const made = makeCertificate('one');

test('reads a certificate and the key that belongs to it', (context) => {
  const { cert, key, validTo } = readCertificate(keepCertificate(context, made));
  assert.deepEqual({ cert, key }, made);
  assert.equal(validTo.toISOString(), '2049-12-31T23:59:59.000Z');
});

const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'hush',
});
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

const wrong: readonly [what: string, files: { cert?: string; key?: string }, message: RegExp][] = [
  ['a certificate that is text', { cert: 'hello' }, /^\S+cert\.pem holds no certificate in PEM/],
  ['a certificate that is broken', { cert: broken }, /^\S+cert\.pem holds no certificate in PEM/],
  ['an empty certificate', { cert: '' }, /^\S+cert\.pem holds no certificate in PEM/],
  ['a key that is text', { key: 'hello' }, /^\S+key\.pem holds no private key in PEM/],
  ['a certificate for a key', { key: made.cert }, /^\S+key\.pem holds no private key in PEM/],
  [
    'a key under a passphrase',
    { key: String(encrypted) },
    /^The private key \S+key\.pem is encrypted: give it without/,
  ],
  [
    "another certificate's key",
    { key: makeCertificate('two').key },
    /^The private key \S+ does not belong to the cert/,
  ],
];

for (const [what, files, message] of wrong) {
  test(`refuses ${what}`, (context) => {
    const kept = keepCertificate(context, { ...made, ...files });
    assert.throws(
      () => readCertificate(kept),
      (error) => error instanceof CertificateError && message.test(error.message) && !error.message.includes('\n'),
    );
  });
}

test('says which file cannot be read, and why', (context) => {
  const kept = keepCertificate(context, made);
  const read = (files: object) => () => readCertificate({ ...kept, ...files });
  assert.throws(read({ cert: `${kept.cert}x` }), /certificate \S+cert\.pemx cannot be read: there is no such file\.$/);
  assert.throws(read({ key: dirname(kept.key) }), /private key \S+ cannot be read: it is a folder\.$/);
});

test('an error never quotes the key', (context) => {
  const kept = keepCertificate(context, made);
  writeFileSync(kept.key, made.key.replace(/\n/, '\n*'));
  const [, secret = ''] = made.key.split('\n');
  assert.throws(
    () => readCertificate(kept),
    (error) => !String((error as Error).stack).includes(secret.slice(0, 20)),
  );
});
