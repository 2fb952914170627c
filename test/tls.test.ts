import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { keepCertificate, makeCertificate } from './certificate.ts';
import { checkout } from './checkout.ts';
import { startChild } from './child.ts';
import { dial } from './raw.ts';
import { startServer } from './server.ts';

const [first, second] = [makeCertificate('first'), makeCertificate('second')];
const given = { MUSTER_ADMIN_TOKEN: 'a-token-that-was-given-to-it', MUSTER_ADMIN_PASSWORD: 'given!' };

async function serve(context: TestContext, settings: Parameters<typeof startServer>[1] = {}) {
  const files = keepCertificate(context, first);
  const server = await startServer({ MUSTER_TLS_CERT: files.cert, MUSTER_TLS_KEY: files.key }, settings);
  context.after(() => server.close());
  return server;
}

/** The status and body of a GET over TLS, checked against this certificate alone. */
function get(url: string, ca: string, agent?: Agent): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, ...(agent ? { agent } : {}) }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    asked.on('error', reject).end();
  });
}

function shake(origin: string, options: object): Promise<TLSSocket> {
  const { port, hostname } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), ca: [first.cert, second.cert], ...options });
  return new Promise((resolve, reject) => socket.on('secureConnect', () => resolve(socket)).on('error', reject));
}

test('HTTPS and wss are served on one port', async (context) => {
  const { origin } = await serve(context);
  assert.match(origin, /^https:/);
  assert.deepEqual(await get(`${origin}/healthz`, first.cert), { status: 200, text: '{"status":"alive"}' });
  const socket = new WebSocket(`${origin.replace('https', 'wss')}/dh/websocket`, { ca: first.cert });
  await once(socket, 'open');
  socket.send(JSON.stringify({ action: 'server/info' }));
  const [data] = await once(socket, 'message');
  assert.equal(JSON.parse(String(data)).status, 'success');
  socket.terminate();
});

test('under TLS the client chooses HTTP/2 or HTTP/1.1, and gets HTTP/1.1 when it does not say', async (context) => {
  const { origin } = await serve(context);
  const session = connectHttp2(origin, { ca: first.cert });
  const stream = session.request({ ':path': '/healthz' });
  const [headers] = await once(stream, 'response');
  assert.deepEqual([session.alpnProtocol, headers[':status']], ['h2', 200]);
  session.destroy();
  for (const [offered, spoken] of [
    [['http/1.1'], 'http/1.1'],
    [['http/1.1', 'h2'], 'h2'],
    [undefined, false],
  ]) {
    const socket = await shake(origin, { ALPNProtocols: offered });
    assert.equal(socket.alpnProtocol, spoken);
    socket.destroy();
  }
  assert.equal((await get(`${origin}/healthz`, first.cert)).status, 200);
});

test('TLS 1.2 is the least that is spoken', async (context) => {
  const { origin } = await serve(context);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
  await assert.rejects(shake(origin, old));
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await shake(origin, { minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
});

test('who speaks plain HTTP, or nothing, to the port is hung up on, and others are served', async (context) => {
  const { origin } = await serve(context, { limits: { headersMs: 2_000 } });
  const plain = await dial(origin, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n').closed;
  assert.doesNotMatch(plain, /alive/);
  assert.equal(await dial(origin).closed, '');
  assert.equal((await get(`${origin}/healthz`, first.cert)).status, 200);
});

test('slow header fields are told 408 under TLS too', async (context) => {
  const { origin } = await serve(context, { limits: { headersMs: 2_000, checkMs: 50 } });
  const socket = await shake(origin, {});
  socket.write('GET /healthz HTTP/1.1\r\n');
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 408 /);
  await once(socket, 'close');
});

test('connections beyond the limit are hung up on under TLS', async (context) => {
  const { origin } = await serve(context, { limits: { connections: 2 } });
  const kept = [await shake(origin, {}), await shake(origin, {})];
  await assert.rejects(shake(origin, {}));
  for (const socket of kept) socket.destroy();
});

test('SIGHUP takes a new certificate for new connections and keeps those that are open', async (context) => {
  const files = keepCertificate(context, first);
  const args = ['--port', '0', '--store', 'sqlite::memory:', '--tls-cert', files.cert, '--tls-key', files.key];
  const command = [process.execPath, 'src/cli.ts', 'serve', ...args] as const;
  const child = startChild(context, command, { cwd: checkout(context), env: given });
  const origin = await child.running;
  assert.match(origin, /^https:\/\/127\.0\.0\.1:\d+$/);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  await get(`${origin}/healthz`, first.cert, agent);

  const next = keepCertificate(context, second);
  copyFileSync(next.cert, files.cert);
  copyFileSync(next.key, files.key);
  child.process.kill('SIGHUP');
  await logged(child.err, /the certificate has been read again/);
  assert.equal((await get(`${origin}/healthz`, second.cert)).status, 200);
  await assert.rejects(get(`${origin}/healthz`, first.cert));
  assert.equal((await get(`${origin}/healthz`, first.cert, agent)).status, 200);

  writeFileSync(files.cert, 'no certificate');
  child.process.kill('SIGHUP');
  await logged(child.err, /the old one stays/);
  assert.equal((await get(`${origin}/healthz`, second.cert)).status, 200);
});

async function logged(err: () => string, line: RegExp): Promise<void> {
  while (!line.test(err())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a certificate that cannot be used stops the start with one line', async (context) => {
  const files = keepCertificate(context, { cert: first.cert, key: second.key });
  const starts = async (variables: Record<string, string>, line: RegExp) => {
    const command = [process.execPath, 'src/cli.ts', 'serve', '--port', '0', '--store', 'sqlite::memory:'] as const;
    const child = startChild(context, command, { cwd: checkout(context), env: variables });
    await assert.rejects(child.running);
    assert.equal(await child.ended, 2);
    assert.match(child.err(), line);
    assert.equal(child.err().trimEnd().split('\n').length, 1, child.err());
  };
  const both = { MUSTER_TLS_CERT: files.cert, MUSTER_TLS_KEY: files.key };
  await starts(both, /^muster: The private key \S+ does not belong to the certificate \S+\.$/m);
  await starts({ MUSTER_TLS_CERT: files.cert }, /^muster: MUSTER_TLS_CERT and MUSTER_TLS_KEY are needed both/);
});
