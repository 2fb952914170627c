import { readFileSync } from 'node:fs';
import { normaliseEmail } from '#core/email.ts';

/** Where mail is handed in, and how. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; STARTTLS or nothing; STARTTLS if the server offers it. */
  readonly security: 'tls' | 'starttls' | 'optional';
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Certificates, as PEM, of whoever has signed the server's; those that Node trusts unless given. */
  readonly ca?: string;
}

/** Who mail is from. */
export interface Sender {
  /** Empty for the address alone. */
  readonly name: string;
  readonly address: string;
}

const form = 'must be smtp://user:password@host:587 or smtps://user:password@host:465';
const parameters = ['starttls', 'ca'];

/**
 * Reads `smtp://user:password@host:port?starttls=optional&ca=/path.pem`. Without `starttls`, only a server on this
 * machine may go without. Throws an Error that says what would be right, without the password.
 */
export function parseSmtpUrl(text: string): SmtpSettings {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^smtps?:$/.test(url.protocol) ||
    url.hostname === '' ||
    !/^\/?$/.test(url.pathname) ||
    url.hash
  ) {
    throw new Error(form);
  }
  for (const name of url.searchParams.keys()) {
    if (!parameters.includes(name)) throw new Error(`does not know ${name}, but ${parameters.join(', ')}`);
  }
  const isTls = url.protocol === 'smtps:';
  const host = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const [user, password] = [decode(url.username), decode(url.password)];
  if ((user === '') !== (password === '')) throw new Error('must hold both a user and a password, or neither');
  const ca = url.searchParams.get('ca');
  return {
    host,
    port: Number(url.port || (isTls ? 465 : 587)),
    security: isTls
      ? 'tls'
      : startTlsOf(url.searchParams.get('starttls') ?? (isLoopback(host) ? 'optional' : 'required')),
    ...(user === '' ? {} : { credentials: { user, password } }),
    ...(ca === null ? {} : { ca: readCertificates(ca) }),
  };
}

/** Reads `Muster <no-reply@example.com>`, or the address alone. */
export function parseSender(text: string): Sender {
  const [, name = '', bracketed, plain] = /^(?:([^<>"\p{C}]*)<([^<>]*)>|([^<>]*))$/u.exec(text.trim()) ?? [];
  try {
    return { name: name.trim(), address: normaliseEmail(bracketed ?? plain) };
  } catch {
    throw new Error('must be a mail address, such as no-reply@example.com or Muster <no-reply@example.com>');
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function startTlsOf(mode: string): 'starttls' | 'optional' {
  if (mode === 'required') return 'starttls';
  if (mode === 'optional') return 'optional';
  throw new Error('must have a starttls of required or optional');
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`names certificates that cannot be read: ${(error as Error).message}`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('must have its special characters written as %XX');
  }
}
