import { isIP } from 'node:net';
import { parseSecretKeys } from '#auth/secret-keys.ts';
import { DirectoryError } from '#core/errors.ts';
import { normaliseName } from '#core/names.ts';
import { isLoopback, parseSender, parseSmtpUrl } from '#outbox/smtp-settings.ts';
import { type PostgresSettings, parsePostgresUrl, placeOf } from '#store/postgres/settings.ts';
import { trustedProxies } from '#transport/forwarded.ts';
import { type Concealed, conceal } from './concealed.ts';

/** A setting that stops the start; the message is the one line that is shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One setting: MUSTER_<name> in the environment, and a flag of `muster serve`. */
export interface Setting<Value = unknown> {
  readonly help: string;
  /** As text, as if it had been given. */
  readonly default?: string;
  /** What the text means; throws an Error that says what would be right. */
  readonly read: (text: string) => Value;
}

/** Where users are kept. */
export type StoreSetting =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'memory' }
  | { readonly kind: 'postgres'; readonly place: string; readonly settings: Concealed<PostgresSettings> };

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Who may read the figures: everybody, nobody, or this machine alone. */
export const metricsReaders = ['on', 'off', 'loopback'] as const;
export type MetricsReaders = (typeof metricsReaders)[number];

export const settings = {
  HOST: { help: 'the address to listen on', default: '127.0.0.1', read: readHost },
  PORT: { help: 'the port to listen on; 0 takes any that is free', default: '7400', read: readPort },
  STORE: {
    help: 'where users are kept: sqlite:<path>, postgres://user@host:port/database, or sqlite::memory: for as long as it runs',
    default: 'sqlite:data/muster.db',
    read: readStore,
  },
  WORKERS: {
    help: 'how many processes serve, on one port; more than one needs PostgreSQL. SIGUSR2 restarts one after the other',
    default: '1',
    read: readWorkers,
  },
  SECRET_KEY: {
    help: 'seals secrets: base64 of 32 bytes, or several, of which the first seals; made beside the store if absent',
    read: readKeys,
  },
  ADMIN_USERNAME: { help: "the first administrator's name", default: 'admin', read: readUsername },
  ADMIN_PASSWORD: { help: 'its password; made, and shown once, if absent', read: readPassword },
  ADMIN_TOKEN: {
    help: 'its token, 20 to 200 visible ASCII characters; made, and shown once, if absent',
    read: readToken,
  },
  TLS_CERT: { help: 'serve over TLS: a file with the certificate and its chain, as PEM', read: readPath },
  TLS_KEY: { help: 'a file with its private key, as PEM; SIGHUP reads both again', read: readPath },
  TRUSTED_PROXIES: {
    help: 'believe X-Forwarded-For, -Proto and -Host of these addresses, networks (10.0.0.0/8), or loopback; nobody if absent',
    read: readProxies,
  },
  PUBLIC_URL: {
    help: 'where clients reach this server, if it is elsewhere: https://users.example.com',
    read: readOrigin,
  },
  SMTP_URL: {
    help: 'hands mail in there: smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465; kept unsent if absent',
    read: parseSmtpUrl,
  },
  MAIL_FROM: { help: 'who mail is from: Muster <no-reply@example.com>', read: parseSender },
  SMS_URL: { help: 'posts text messages there, signed: https://…; kept unsent if absent', read: readProvider },
  SMS_SECRET: { help: 'signs them: 20 to 200 visible ASCII characters', read: readToken },
  METRICS: { help: `who may read /metrics: ${metricsReaders.join(', ')}`, default: 'on', read: readMetrics },
  METRICS_TOKEN: { help: 'a bearer token that /metrics asks for; none if absent', read: readToken },
  DIALECTS: { help: 'which APIs are served, by name, separated by commas', default: 'all', read: readNames },
  LOG_LEVEL: { help: `how much is logged: ${logLevels.join(', ')}`, default: 'info', read: readLogLevel },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

function readHost(text: string): string {
  if (isIP(text) > 0 || /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)) return text;
  throw new Error('must be an IP address or a host name');
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error('must be a number from 0 to 65535');
}

function readWorkers(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 128) return Number(text);
  throw new Error('must be a number from 1 to 128');
}

function readStore(text: string): StoreSetting {
  if (text === 'sqlite::memory:') return { kind: 'memory' };
  if (/^postgres(ql)?:/.test(text)) return postgresAt(text);
  const path = /^sqlite:(?!:)(.+)$/.exec(text)?.[1];
  if (path !== undefined && !path.includes('\0') && !/[/\\]$/.test(path)) return { kind: 'sqlite', path };
  throw new Error('must be sqlite:<path of a file>, postgres://user@host:port/database, or sqlite::memory:');
}

function postgresAt(text: string): StoreSetting {
  const settings = parsePostgresUrl(text);
  return { kind: 'postgres', place: placeOf(settings), settings: conceal(settings) };
}

function readKeys(text: string): Uint8Array[] {
  const keys = parseSecretKeys(text);
  if (keys !== undefined) return keys;
  throw new Error('must be base64 of 32 bytes (openssl rand -base64 32), or several of these separated by commas');
}

function readUsername(text: string): string {
  try {
    return normaliseName('the name', text);
  } catch (error) {
    throw error instanceof DirectoryError ? new Error(`is refused: ${error.message.replace(/\.$/, '')}`) : error;
  }
}

function readPassword(text: string): string {
  if ([...text].length <= 200 && text.isWellFormed() && !text.includes('\0')) return text;
  throw new Error('must have at most 200 characters');
}

function readToken(text: string): string {
  if (/^[\x21-\x7e]{20,200}$/.test(text)) return text;
  throw new Error('must have 20 to 200 visible ASCII characters and no space');
}

function readPath(text: string): string {
  if (!text.includes('\0')) return text;
  throw new Error('must be the path of a file');
}

function readProxies(text: string): readonly string[] {
  const list = text.split(',').map((entry) => entry.trim());
  trustedProxies(list);
  return list;
}

function readOrigin(text: string): string {
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new Error('must be an address without a path, such as https://users.example.com');
}

function readProvider(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (isSafe && url.username === '' && url.password === '') return url.href;
  throw new Error('must be an https address without user and password, or an http address of this machine');
}

function readMetrics(text: string): MetricsReaders {
  const readers = metricsReaders.find((known) => known === text);
  if (readers !== undefined) return readers;
  throw new Error(`must be one of ${metricsReaders.join(', ')}`);
}

function readNames(text: string): string[] | 'all' {
  if (text === 'all') return 'all';
  return [...new Set(text.split(',').map((name) => name.trim()))];
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new Error(`must be one of ${logLevels.join(', ')}`);
}
