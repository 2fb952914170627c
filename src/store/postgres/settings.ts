/** Where a PostgreSQL is, and as whom it is spoken to. */
export interface PostgresSettings {
  /** One server, or several of one cluster: the one that takes writes is used. */
  readonly hosts: readonly Host[];
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** As libpq's sslmode; `prefer` is not offered, since whoever is in between could choose for it. */
  readonly tls: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** Files with PEM. */
  readonly rootCertificate?: string;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Host {
  readonly host: string;
  readonly port: number;
}

const tlsModes: readonly PostgresSettings['tls'][] = ['disable', 'require', 'verify-ca', 'verify-full'];
const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs'];

/**
 * Reads `postgres://user:password@host:port,host:port/database?sslmode=verify-full`, as libpq writes it. Throws an
 * Error that says what would be right, without the password.
 */
export function parsePostgresUrl(text: string): PostgresSettings {
  const parts = /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?([^/?#@]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/.exec(text);
  if (parts === null) throw new Error('must be postgres://user@host:port/database');
  const [, credentials = '', hosts = '', database = '', query = ''] = parts;
  const [user = '', password] = credentials.split(/:(.*)/s, 2).map(decode);
  if (user === '') throw new Error('must name a user: postgres://user@host:port/database');
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (!parameters.includes(name)) throw new Error(`does not know ${name}, but ${parameters.join(', ')}`);
  }
  if ((options.get('target_session_attrs') ?? 'read-write') !== 'read-write') {
    throw new Error('must have target_session_attrs=read-write, or none: only a server that takes writes is of use');
  }
  return {
    hosts: hosts.split(',').map(hostOf),
    user,
    ...(password === undefined ? {} : { password }),
    database: decode(database) || user,
    tls: tlsOf(options.get('sslmode')),
    ...file('rootCertificate', options.get('sslrootcert')),
    ...file('certificate', options.get('sslcert')),
    ...file('key', options.get('sslkey')),
  };
}

/** Where it is, for people: without credentials. */
export function placeOf({ hosts, database }: Pick<PostgresSettings, 'hosts' | 'database'>): string {
  const servers = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `postgres://${servers.join(',')}/${database}`;
}

function hostOf(text: string): Host {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) {
    throw new Error('must name each server as host:port, separated by commas');
  }
  return { host: decode(host), port: Number(port ?? 5432) };
}

function tlsOf(mode: string | null): PostgresSettings['tls'] {
  const found = tlsModes.find((known) => known === (mode ?? 'disable'));
  if (found === undefined) throw new Error(`must have an sslmode of ${tlsModes.join(', ')}`);
  return found;
}

function file<Name extends string>(name: Name, path: string | null): { readonly [name in Name]?: string } {
  return (path === null ? {} : { [name]: path }) as { [name in Name]?: string };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('must have its special characters written as %XX');
  }
}
