import { parseArgs } from 'node:util';
import type { Sender, SmtpSettings } from '#outbox/smtp-settings.ts';
import type { TextProvider } from '#outbox/text-carrier.ts';
import type { CertificateFiles } from '#transport/tls.ts';
import { type Concealed, conceal } from './concealed.ts';
import {
  ConfigError,
  type LogLevel,
  type MetricsReaders,
  type Setting,
  type SettingName,
  type StoreSetting,
  settings,
} from './settings.ts';

/** Everything that can be set, read and checked once. Frozen; what is secret cannot be printed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly store: StoreSetting;
  /** Processes that serve; with more than one, another that supervises them. */
  readonly workers: number;
  /** Absent: kept beside the embedded store. */
  readonly secretKeys: Concealed<readonly Uint8Array[]> | undefined;
  readonly administrator: {
    /** Absent: `admin`, and what it is called by now at later starts. */
    readonly username: string | undefined;
    readonly password: Concealed<string> | undefined;
    readonly token: Concealed<string> | undefined;
  };
  /** The files of the certificate, when it is served over TLS. */
  readonly tls: CertificateFiles | undefined;
  /** Addresses, networks, `loopback`. */
  readonly trustedProxies: readonly string[];
  /** Where clients reach the server, when that is not where it listens: `https://users.example.com`. */
  readonly publicUrl: string | undefined;
  /** Absent: mail is kept in the store. */
  readonly mail: { readonly smtp: Concealed<SmtpSettings>; readonly from: Sender } | undefined;
  /** Absent: text messages are kept in the store. */
  readonly texts: Concealed<TextProvider> | undefined;
  readonly metrics: { readonly readers: MetricsReaders; readonly token: Concealed<string> | undefined };
  /** The names of the dialects that are served, in their order. */
  readonly dialects: readonly string[];
  readonly logLevel: LogLevel;
  /** What single dialects need, as `DEVICEHIVE_JWT_SECRET`. */
  readonly settings: Readonly<Record<string, Concealed<string>>>;
}

/** What of a dialect its configuration needs. */
export interface Configurable {
  readonly name: string;
  /** Its own settings: name -> what it is, for people. */
  readonly settings?: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Given = ReadonlyMap<string, { readonly text: string; readonly from: string }>;

export const variableOf = (name: string): string => `MUSTER_${name}`;
export const flagOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/** Every setting that there is, the dialects' own included, by its name without MUSTER_. */
export function allSettings(dialects: readonly Configurable[]): ReadonlyMap<string, Setting> {
  const own = dialects.flatMap(({ name, settings = {} }) =>
    Object.entries(settings).map(
      ([key, help]) => [`${name.toUpperCase()}_${key}`, { help, read: (text: string) => text }] as const,
    ),
  );
  return new Map<string, Setting>([...Object.entries(settings), ...own]);
}

/**
 * Reads flags over environment over defaults. An empty variable counts as absent.
 * @throws ConfigError for an unknown flag or MUSTER_ variable, and for a wrong value
 */
export function readConfig(
  args: readonly string[],
  environment: Environment,
  dialects: readonly Configurable[],
): Config {
  const known = allSettings(dialects);
  const given: Given = new Map([...readEnvironment(environment, known), ...readFlags(args, known)]);
  const names = dialects.map(({ name }) => name);
  const [store, workers] = [read('STORE', given), read('WORKERS', given)];
  if (workers > 1 && store.kind !== 'postgres') {
    throw new ConfigError('More than one worker needs a store that processes can share: MUSTER_STORE=postgres://….');
  }
  return Object.freeze({
    host: read('HOST', given),
    port: read('PORT', given),
    store: Object.freeze(store),
    workers,
    secretKeys: readSecret('SECRET_KEY', given),
    administrator: Object.freeze({
      username: given.has('ADMIN_USERNAME') ? read('ADMIN_USERNAME', given) : undefined,
      password: readSecret('ADMIN_PASSWORD', given),
      token: readSecret('ADMIN_TOKEN', given),
    }),
    tls: readTls(given),
    trustedProxies: Object.freeze(given.has('TRUSTED_PROXIES') ? read('TRUSTED_PROXIES', given) : []),
    publicUrl: given.has('PUBLIC_URL') ? read('PUBLIC_URL', given) : undefined,
    mail: readMail(given),
    texts: readTexts(given),
    metrics: Object.freeze({ readers: read('METRICS', given), token: readSecret('METRICS_TOKEN', given) }),
    dialects: Object.freeze(pickDialects(read('DIALECTS', given), names)),
    logLevel: read('LOG_LEVEL', given),
    settings: Object.freeze(readOwn(given)),
  });
}

/** What the other commands take from the environment; a server has no use for it. */
const variablesOfCommands = ['MUSTER_URL', 'MUSTER_TOKEN'];

function readEnvironment(environment: Environment, known: ReadonlyMap<string, Setting>) {
  const found: [string, { text: string; from: string }][] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('MUSTER_') || variablesOfCommands.includes(variable)) continue;
    const name = variable.slice('MUSTER_'.length);
    if (!known.has(name)) throw new ConfigError(`There is no setting ${variable}; --help lists those that there are.`);
    if (text) found.push([name, { text, from: variable }]);
  }
  return found;
}

function readFlags(args: readonly string[], known: ReadonlyMap<string, Setting>) {
  const names = new Map([...known.keys()].map((name) => [flagOf(name), name]));
  const options = Object.fromEntries([...names.keys()].map((flag) => [flag, { type: 'string' as const }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  return tokens.map((token): [string, { text: string; from: string }] => {
    const written = token.kind === 'option' ? token.rawName : (args[token.index] ?? '');
    const name = token.kind === 'option' ? names.get(token.name) : undefined;
    if (token.kind !== 'option' || name === undefined || written === `-${token.name}`) {
      throw new ConfigError(`There is no option ${written}; --help lists those that there are.`);
    }
    if (!token.value || (!token.inlineValue && token.value.startsWith('--'))) {
      throw new ConfigError(`${written} needs a value.`);
    }
    return [name, { text: token.value, from: written }];
  });
}

type ValueOf<Name extends SettingName> = ReturnType<(typeof settings)[Name]['read']>;

function read<Name extends SettingName>(name: Name, given: Given): ValueOf<Name> {
  const setting: Setting = settings[name];
  const { text, from } = given.get(name) ?? { text: setting.default ?? '', from: variableOf(name) };
  try {
    return setting.read(text) as ValueOf<Name>;
  } catch (error) {
    throw new ConfigError(`${from} ${(error as Error).message}.`);
  }
}

function readSecret<Name extends SettingName>(name: Name, given: Given): Concealed<ValueOf<Name>> | undefined {
  return given.has(name) ? conceal(read(name, given)) : undefined;
}

function readTls(given: Given): CertificateFiles | undefined {
  if (!hasBoth('TLS_CERT', 'TLS_KEY', given)) return undefined;
  return Object.freeze({ cert: read('TLS_CERT', given), key: read('TLS_KEY', given) });
}

function readMail(given: Given): Config['mail'] {
  if (!hasBoth('SMTP_URL', 'MAIL_FROM', given)) return undefined;
  return Object.freeze({ smtp: conceal(read('SMTP_URL', given)), from: Object.freeze(read('MAIL_FROM', given)) });
}

function readTexts(given: Given): Config['texts'] {
  if (!hasBoth('SMS_URL', 'SMS_SECRET', given)) return undefined;
  return conceal({ url: read('SMS_URL', given), secret: read('SMS_SECRET', given) });
}

/** Whether both are given; one of them alone is refused. */
function hasBoth(one: SettingName, other: SettingName, given: Given): boolean {
  if (given.has(one) === given.has(other)) return given.has(one);
  throw new ConfigError(`${variableOf(one)} and ${variableOf(other)} are needed both, or neither.`);
}

function readOwn(given: Given): Record<string, Concealed<string>> {
  const own = [...given].filter(([name]) => !Object.hasOwn(settings, name));
  return Object.fromEntries(own.map(([name, { text }]) => [name, conceal(text)]));
}

function pickDialects(wanted: readonly string[] | 'all', names: readonly string[]): string[] {
  if (wanted === 'all') return [...names];
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return names.filter((name) => wanted.includes(name));
  throw new ConfigError(`MUSTER_DIALECTS names ${unknown || 'nothing'}; there are ${names.join(', ')}.`);
}
