import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Where a certificate and its key are kept, both as PEM. */
export interface CertificateFiles {
  /** The server's own first, then those between it and the authority. */
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** When it ends to be valid. */
  readonly validTo: Date;
}

/** A certificate that cannot be used; the message is one line to be shown. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** Reads both files. @throws CertificateError when one is unreadable, is no PEM, or they do not belong together */
export function readCertificate({ cert, key }: CertificateFiles): Certificate {
  const [certPem, keyPem] = [readText('certificate', cert), readText('private key', key)];
  const certificate = parseCertificate(certPem, cert);
  if (!certificate.checkPrivateKey(parseKey(keyPem, key))) {
    throw new CertificateError(`The private key ${key} does not belong to the certificate ${cert}.`);
  }
  return { cert: certPem, key: keyPem, validTo: new Date(certificate.validTo) };
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = 'it cannot be read' } = cause as NodeJS.ErrnoException;
    const why = reasons[code] ?? code;
    throw new CertificateError(`The ${what} ${path} cannot be read: ${why}.`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not',
  EISDIR: 'it is a folder',
};

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(pem);
  } catch {
    // Told below, in one line, as if there were none.
  }
  throw new CertificateError(`${path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).`);
}

function parseKey(pem: string, path: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new CertificateError(`The private key ${path} is encrypted: give it without a passphrase.`);
  }
  try {
    return createPrivateKey(pem);
  } catch {
    // Its own error may quote what it was given.
    throw new CertificateError(`${path} holds no private key in PEM (-----BEGIN PRIVATE KEY-----).`);
  }
}
