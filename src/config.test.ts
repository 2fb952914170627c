import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { readConfig } from './config.ts';
import { ConfigError } from './settings.ts';

const dialects = [
  { name: 'zitadel' },
  { name: 'devicehive', settings: { JWT_SECRET: 'signs its tokens' } },
  { name: 'directory' },
];
const key = Buffer.alloc(32, 7).toString('base64');
const token = 'a-token-of-at-least-20';

const fromFlags = (...args: string[]) => readConfig(args, {}, dialects);
const fromVariables = (environment: Record<string, string>) => readConfig([], environment, dialects);

test('without anything given, everything has its default', () => {
  assert.deepEqual(readConfig([], { PATH: '/bin', MUSTER_PORT: '' }, dialects), {
    host: '127.0.0.1',
    port: 7400,
    store: { kind: 'sqlite', path: 'data/muster.db' },
    workers: 1,
    secretKeys: undefined,
    administrator: { username: undefined, password: undefined, token: undefined },
    tls: undefined,
    trustedProxies: [],
    publicUrl: undefined,
    mail: undefined,
    texts: undefined,
    metrics: { readers: 'on', token: undefined },
    dialects: ['zitadel', 'devicehive', 'directory'],
    logLevel: 'info',
    settings: {},
  });
});

test('every setting is taken from the environment and from a flag', () => {
  const values = {
    HOST: '::1',
    PORT: '0',
    STORE: 'sqlite::memory:',
    WORKERS: '1',
    SECRET_KEY: key,
    ADMIN_USERNAME: 'root',
    ADMIN_PASSWORD: 'x',
    ADMIN_TOKEN: token,
    TLS_CERT: 'cert.pem',
    TLS_KEY: 'key.pem',
    TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,::1',
    PUBLIC_URL: 'https://users.example.com/',
    SMTP_URL: 'smtp://me:p%40ss@mail.example.com',
    MAIL_FROM: 'Muster <no-reply@example.com>',
    SMS_URL: 'https://texts.example.com/send?key=1',
    SMS_SECRET: token,
    METRICS: 'loopback',
    METRICS_TOKEN: token,
    DIALECTS: 'directory,zitadel',
    LOG_LEVEL: 'debug',
    DEVICEHIVE_JWT_SECRET: 'hush',
  };
  const variables = Object.fromEntries(Object.entries(values).map(([name, value]) => [`MUSTER_${name}`, value]));
  const flags = Object.entries(values).flatMap(([name, value]) => [
    `--${name.toLowerCase().replaceAll('_', '-')}`,
    value,
  ]);
  for (const config of [fromVariables(variables), fromFlags(...flags)]) {
    assert.equal(config.host, '::1');
    assert.equal(config.port, 0);
    assert.deepEqual(config.store, { kind: 'memory' });
    assert.deepEqual(config.secretKeys?.reveal(), [Buffer.alloc(32, 7)]);
    assert.equal(config.administrator.username, 'root');
    assert.equal(config.administrator.password?.reveal(), 'x');
    assert.equal(config.administrator.token?.reveal(), token);
    assert.deepEqual(config.tls, { cert: 'cert.pem', key: 'key.pem' });
    assert.deepEqual(config.trustedProxies, ['loopback', '10.0.0.0/8', '::1']);
    assert.equal(config.publicUrl, 'https://users.example.com');
    const smtp = { host: 'mail.example.com', port: 587, security: 'starttls' };
    assert.deepEqual(config.mail?.smtp.reveal(), { ...smtp, credentials: { user: 'me', password: 'p@ss' } });
    assert.deepEqual(config.mail.from, { name: 'Muster', address: 'no-reply@example.com' });
    assert.deepEqual(config.texts?.reveal(), { url: 'https://texts.example.com/send?key=1', secret: token });
    assert.equal(config.metrics.readers, 'loopback');
    assert.equal(config.metrics.token?.reveal(), token);
    assert.deepEqual(config.dialects, ['zitadel', 'directory']);
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.settings['DEVICEHIVE_JWT_SECRET']?.reveal(), 'hush');
  }
});

test('what the other commands take from the environment is left alone', () => {
  assert.doesNotThrow(() => fromVariables({ MUSTER_URL: 'http://127.0.0.1:7400', MUSTER_TOKEN: 'x' }));
});

test('a flag wins over the environment, in both ways of writing it', () => {
  assert.equal(readConfig(['--port', '1'], { MUSTER_PORT: '2' }, dialects).port, 1);
  assert.equal(readConfig(['--port=1'], { MUSTER_PORT: '2' }, dialects).port, 1);
});

test('secrets cannot be printed', () => {
  const secrets = ['--admin-password', 'hush!', '--admin-token', token, '--secret-key', key];
  const mail = ['--smtp-url', 'smtp://me:hush!@mail.example.com', '--mail-from', 'a@b.c'];
  const texts = ['--sms-url', 'https://texts.example.com/?key=hush!', '--sms-secret', token];
  const config = fromFlags(...secrets, ...mail, ...texts);
  for (const printed of [inspect(config, { depth: 9 }), JSON.stringify(config), `${config.administrator.token}`]) {
    assert.doesNotMatch(printed, /hush!|a-token-of|BwcHBw/);
    assert.match(printed, /\[secret\]/);
  }
});

test('nothing of it can be changed', () => {
  const config = fromFlags();
  for (const part of [config, config.store, config.administrator, config.dialects, config.metrics, config.settings]) {
    assert.ok(Object.isFrozen(part));
  }
});

const from = ['--mail-from', 'no-reply@example.com'];
const smtp = ['--smtp-url', 'smtp://mail.example.com'];
const wrongFlags: readonly [string[], RegExp][] = [
  [['--prot', '1'], /^There is no option --prot;/],
  [['-p', '1'], /^There is no option -p;/],
  [['extra'], /^There is no option extra;/],
  [['--'], /^There is no option --;/],
  [['--port'], /^--port needs a value\.$/],
  [['--port', '--host'], /^--port needs a value\.$/],
  [['--host='], /^--host needs a value\.$/],
  [['--port', '65536'], /^--port must be a number from 0 to 65535\.$/],
  [['--host', 'not a host'], /^--host must be an IP address or a host name\.$/],
  [
    ['--store', 'sqlite:'],
    /^--store must be sqlite:<path of a file>, postgres:\/\/user@host:port\/database, or sqlite::memory:\.$/,
  ],
  [['--store', 'sqlite:data/'], /^--store must be/],
  [['--store', 'postgres://x'], /^--store must name a user/],
  [['--store', 'postgres://me@'], /^--store must be postgres:\/\/user@host/],
  [['--store', 'postgres://me@db:0/x'], /^--store must name each server as host:port/],
  [['--store', 'postgres://me:secret@db/x?sslmode=prefer'], /^--store must have an sslmode of disable, require/],
  [['--store', 'postgres://me:secret@db/x?options=-c'], /^--store does not know options, but sslmode/],
  [['--store', 'mysql://me@db'], /^--store must be sqlite:/],
  [['--secret-key', 'short'], /^--secret-key must be base64 of 32 bytes/],
  [['--admin-username', ' '], /^--admin-username is refused: the name must not be empty\.$/],
  [['--admin-password', 'x'.repeat(201)], /^--admin-password must have at most 200 characters\.$/],
  [['--admin-token', 'x'.repeat(19)], /^--admin-token must have 20 to 200 visible ASCII/],
  [['--admin-token', `${token} x`], /^--admin-token must have 20 to 200 visible ASCII/],
  [['--dialects', 'directory,oracle'], /^MUSTER_DIALECTS names oracle; there are zitadel, devicehive, directory\.$/],
  [['--tls-cert', 'cert.pem'], /^MUSTER_TLS_CERT and MUSTER_TLS_KEY are needed both, or neither\.$/],
  [['--tls-key', 'key.pem'], /^MUSTER_TLS_CERT and MUSTER_TLS_KEY are needed both, or neither\.$/],
  [
    ['--trusted-proxies', '10.0.0.0/33'],
    /^--trusted-proxies must be addresses, networks .*; 10\.0\.0\.0\/33 is none\.$/,
  ],
  [['--trusted-proxies', 'loopback,proxy.local'], /^--trusted-proxies must be .*; proxy\.local is none\.$/],
  [['--public-url', 'users.example.com'], /^--public-url must be an address without a path/],
  [['--public-url', 'https://example.com/users'], /^--public-url must be an address without a path/],
  [['--public-url', 'ftp://example.com'], /^--public-url must be an address without a path/],
  [['--smtp-url', 'smtp://mail.example.com'], /^MUSTER_SMTP_URL and MUSTER_MAIL_FROM are needed both, or neither\.$/],
  [['--sms-url', 'https://x.test'], /^MUSTER_SMS_URL and MUSTER_SMS_SECRET are needed both, or neither\.$/],
  [[...from, '--smtp-url', 'http://mail.example.com'], /^--smtp-url must be smtp:\/\/user:password@host:587 or smtps:/],
  [[...from, '--smtp-url', 'smtp://mail.example.com/box'], /^--smtp-url must be smtp:/],
  [
    [...from, '--smtp-url', 'smtp://me@mail.example.com'],
    /^--smtp-url must hold both a user and a password, or neither/,
  ],
  [[...from, '--smtp-url', 'smtp://mail.example.com?tls=1'], /^--smtp-url does not know tls, but starttls, ca\.$/],
  [
    [...from, '--smtp-url', 'smtp://mail.example.com?starttls=no'],
    /^--smtp-url must have a starttls of required or opt/,
  ],
  [
    [...from, '--smtp-url', 'smtp://mail.example.com?ca=none.pem'],
    /^--smtp-url names certificates that cannot be read/,
  ],
  [[...smtp, '--mail-from', 'nobody'], /^--mail-from must be a mail address/],
  [[...smtp, '--mail-from', 'Eve\r\nBcc: <eve@example.com>'], /^--mail-from must be a mail address/],
  [['--sms-secret', token, '--sms-url', 'http://texts.example.com'], /^--sms-url must be an https address/],
  [['--sms-secret', token, '--sms-url', 'https://me:hush@texts.example.com'], /^--sms-url must be an https address/],
  [['--sms-url', 'https://x.test', '--sms-secret', 'short'], /^--sms-secret must have 20 to 200 visible ASCII/],
  [['--metrics', 'yes'], /^--metrics must be one of on, off, loopback\.$/],
  [['--metrics-token', 'short'], /^--metrics-token must have 20 to 200 visible ASCII/],
  [['--log-level', 'loud'], /^--log-level must be one of debug, info/],
];

for (const [args, message] of wrongFlags) {
  test(`refuses ${args.join(' ').slice(0, 60)}`, () => {
    assert.throws(
      () => fromFlags(...args),
      (error) => error instanceof ConfigError && message.test(error.message) && !error.message.includes('\n'),
    );
  });
}

test('a store in PostgreSQL keeps its password to itself', () => {
  const { store } = fromFlags('--store', 'postgres://me:s%40cret@one:5433,[::1]/people?sslmode=verify-full');
  assert.ok(store.kind === 'postgres' && !inspect(store, { depth: 9 }).includes('s@cret'));
  assert.equal(store.place, 'postgres://one:5433,[::1]:5432/people');
  const hosts = [
    { host: 'one', port: 5433 },
    { host: '::1', port: 5432 },
  ];
  const settings = { hosts, user: 'me', password: 's@cret', database: 'people', tls: 'verify-full' };
  assert.deepEqual(store.settings.reveal(), settings);
});

test('refuses unknown and wrong variables by their name', () => {
  assert.throws(() => fromVariables({ MUSTER_PROT: '1' }), /^ConfigError: There is no setting MUSTER_PROT;/);
  assert.throws(() => fromVariables({ MUSTER_ZITADEL_JWT_SECRET: 'x' }), /no setting MUSTER_ZITADEL_JWT_SECRET/);
  assert.throws(() => fromVariables({ MUSTER_PORT: 'x' }), /MUSTER_PORT must be a number/);
});

test('mail goes over TLS, unless it stays on this machine or is allowed to', () => {
  const smtpOf = (url: string) => fromFlags('--smtp-url', url, ...from).mail?.smtp.reveal();
  const [host, credentials] = ['mail.example.com', { user: 'me', password: 'p@ss' }];
  assert.deepEqual(smtpOf('smtp://me:p%40ss@mail.example.com'), { host, port: 587, security: 'starttls', credentials });
  assert.deepEqual(smtpOf('smtps://mail.example.com'), { host, port: 465, security: 'tls' });
  assert.deepEqual(smtpOf('smtp://mail.example.com:25?starttls=optional'), { host, port: 25, security: 'optional' });
  assert.deepEqual(smtpOf('smtp://[::1]:25'), { host: '::1', port: 25, security: 'optional' });
  assert.equal(smtpOf('smtp://localhost?starttls=required')?.security, 'starttls');
});

test('who mail is from is an address, with a name or without', () => {
  const fromOf = (text: string) => fromFlags(...smtp, '--mail-from', text).mail?.from;
  assert.deepEqual(fromOf('Muster <no-reply@example.com>'), { name: 'Muster', address: 'no-reply@example.com' });
  assert.deepEqual(fromOf('no-reply@example.com'), { name: '', address: 'no-reply@example.com' });
});
