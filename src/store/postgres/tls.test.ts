import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { StoreOpenError } from '#store/errors.ts';
import { keepCertificate, makeCertificate } from '#test/certificate.ts';
import { DoomedProcess } from '#test/crash-process.ts';
import { type Cluster, startCluster } from '#test/postgres/cluster.ts';
import { giveAway } from '#test/postgres/kept-process.ts';
import { secretKey } from '#test/stores.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

const password = 'pass:w0rd/@ä';
const [server, other, client] = [makeCertificate('server'), makeCertificate('other'), makeCertificate('muster')];

/** Who may come to which database, and how; the superuser, who sets all this up, comes as it is. */
const access = `hostssl secret muster 127.0.0.1/32 scram-sha-256
hostssl certified muster 127.0.0.1/32 cert
hostssl open muster 127.0.0.1/32 trust
hostnossl all postgres 127.0.0.1/32 trust
`;

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  const files = { 'server.crt': server.cert, 'server.key': server.key, 'clients.crt': client.cert };
  for (const [name, text] of Object.entries({ ...files, 'pg_hba.conf': access })) {
    const path = join(cluster.dataFolder, name);
    writeFileSync(path, text, { mode: 0o600 });
    giveAway(path);
  }
  await cluster.set({ ssl: true, ssl_ca_file: 'clients.crt' });
  await cluster.query(`CREATE ROLE muster LOGIN PASSWORD '${password}'`);
  for (const name of ['secret', 'certified', 'open']) await cluster.query(`CREATE DATABASE ${name} OWNER muster`);
});
after(() => cluster.stop());

const urlOf = (database: string, options = '', { user = 'muster', host = '127.0.0.1' } = {}): string =>
  `postgres://${user}@${host}:${cluster.port}/${database}?${options}`;

async function opens(url: string): Promise<void> {
  const store = await openPostgresStore({ settings: parsePostgresUrl(url) });
  await store.check();
  await store.close();
}

/** Rejects with one line that says so. */
async function refuses(url: string, why: RegExp): Promise<void> {
  await assert.rejects(opens(url), (error: Error) => {
    assert.ok(error instanceof StoreOpenError, String(error));
    assert.match(error.message, why);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

describe("the server's certificate", () => {
  const selfSigned = /self-signed certificate/;
  const otherName = /does not match certificate/;
  /** The address of this machine, under a name that the certificate does not have. */
  const unnamed = '127.1';
  const cases = [
    ['sslmode=require', undefined, unnamed, undefined],
    ['sslmode=require', server, unnamed, undefined],
    ['sslmode=require', other, '127.0.0.1', selfSigned],
    ['sslmode=verify-ca', server, unnamed, undefined],
    ['sslmode=verify-ca', other, '127.0.0.1', selfSigned],
    ['sslmode=verify-ca', undefined, '127.0.0.1', selfSigned],
    ['sslmode=verify-full', server, '127.0.0.1', undefined],
    ['sslmode=verify-full', server, 'localhost', undefined],
    ['sslmode=verify-full', server, unnamed, otherName],
    ['sslmode=verify-full', other, '127.0.0.1', selfSigned],
    ['sslmode=disable', undefined, '127.0.0.1', /no pg_hba.conf entry .* no encryption/],
  ] as const;
  for (const [mode, root, host, refusal] of cases) {
    const roots = root === undefined ? 'no root' : root === server ? 'its root' : 'another root';
    test(`${mode} and ${roots} ${refusal ? 'refuse' : 'take'} the server at ${host}`, async (context) => {
      const file = root ? `&sslrootcert=${keepCertificate(context, root).cert}` : '';
      const url = urlOf('open', `${mode}${file}`, { host });
      await (refusal ? refuses(url, refusal) : opens(url));
    });
  }

  test('a file of certificates that is not there is named', async () => {
    await refuses(urlOf('open', 'sslmode=verify-full&sslrootcert=/nowhere/root.crt'), /\/nowhere\/root.crt.*ENOENT/);
  });
});

test('a client shows its own certificate', async (context) => {
  const { cert, key } = keepCertificate(context, client);
  await opens(urlOf('certified', `sslmode=require&sslcert=${cert}&sslkey=${key}`));
  await refuses(urlOf('certified', 'sslmode=require'), /requires a valid client certificate/);
  const wrong = keepCertificate(context, other);
  await refuses(urlOf('certified', `sslmode=require&sslcert=${wrong.cert}&sslkey=${wrong.key}`), /./);
});

describe('a password', () => {
  const withPassword = (text: string) =>
    urlOf('secret', 'sslmode=require', { user: `muster:${encodeURIComponent(text)}` });

  test('opens', () => opens(withPassword(password)));

  test('that is wrong is told of in one line, and not shown', async (context) => {
    for (const wrong of [`${password}!`, '']) await refuses(withPassword(wrong), /^[^!]*password[^!]*$/);
    const { printed, complained } = await startWith(context, withPassword('wr0ng:/@ä'));
    assert.equal(printed, '');
    assert.match(complained, /^muster: The database \S+ cannot be opened: password authentication failed .*\.\n$/);
    assert.doesNotMatch(complained, /wr0ng/);
  });
});

/** What a server says that does not start. */
async function startWith(context: TestContext, MUSTER_STORE: string): Promise<DoomedProcess> {
  const cli = join(import.meta.dirname, '../../muster.mjs');
  const started = new DoomedProcess([cli, 'serve', '--port', '0'], { MUSTER_STORE, MUSTER_SECRET_KEY: secretKey });
  context.after(() => started.kill().catch(() => {}));
  await started.failAtEnd().catch(() => {});
  return started;
}
