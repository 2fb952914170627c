import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { keepCertificate, makeCertificate } from './certificate.ts';
import type { Child } from './child.ts';
import { testDatabase } from './postgres/shared-store.ts';
import { adminToken, ask, namesIn, startProcess, until } from './processes.ts';

const twoWorkers = { args: ['--workers', '2'] };

async function start(context: TestContext, options: Parameters<typeof startProcess>[2] = twoWorkers) {
  const database = await testDatabase(context);
  const child = startProcess(context, database, options);
  const origin = await child.running;
  await until(() => pidsOf(child).length === 2, 'two workers serve');
  return { database, child, origin };
}

/** The processes that have said that they serve, oldest first. */
function pidsOf(child: Child): number[] {
  const lines = child.err().split('\n');
  return lines.flatMap((line) => (line.includes('"msg":"serving"') ? [JSON.parse(line).pid as number] : []));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A request over a connection of its own, so that any worker may get it. */
async function askAnew(origin: string, path: string): Promise<{ status: number; text: string }> {
  const options = { agent: false, headers: { authorization: `Bearer ${adminToken}` } } as const;
  const [response] = await once(request(new URL(path, origin), options).end(), 'response');
  return { status: response.statusCode, text: (await Array.fromAsync(response)).join('') };
}

/** The status of a request over a session of its own. */
async function askOverHttp2(origin: string, path: string): Promise<unknown> {
  const session = connectHttp2(origin);
  const [headers] = await once(session.request({ ':path': path }), 'response');
  session.destroy();
  return headers[':status'];
}

async function closed(child: Child): Promise<number | null> {
  child.process.kill('SIGTERM');
  return await child.ended;
}

test('workers share one port, greet once, and are counted together', async (context) => {
  const { child, origin } = await start(context, { ...twoWorkers, env: { MUSTER_ADMIN_TOKEN: undefined } });
  const tokens = [...child.out().matchAll(/^ {2}token {5}(\S+)$/gm)].map(([, token = '']) => token);
  assert.equal(child.out().match(/Muster runs at/g)?.length, 1);
  assert.equal(tokens.length, 1);
  assert.equal((await ask(origin, 'GET /messages', { token: tokens[0] ?? '' })).status, 200);
  for (let asked = 0; asked < 20; asked++) await askAnew(origin, '/directory/v1/none');
  const counted = /^muster_http_request_duration_seconds_count\{dialect="directory",method="GET",status="4xx"\} 20$/m;
  for (let asked = 0; asked < 4; asked++) {
    const { text } = await askAnew(origin, '/metrics');
    assert.match(text, counted);
    assert.match(text, /^nodejs_eventloop_lag_seconds /m);
  }
  for (let asked = 0; asked < 4; asked++) assert.equal(await askOverHttp2(origin, '/readyz'), 200);
  const pids = pidsOf(child);
  assert.equal(await closed(child), 0);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.equal(child.err().match(/"msg":"closed"/g)?.length, 2);
});

test('what keeps a worker from serving is told once, with the exit code of a single server', async (context) => {
  const database = await testDatabase(context);
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const away = { url: database.url.replace(/:\d+\//, ':1/') };
  const refusals = [
    [startProcess(context, database, { args: ['--workers', '2', '--port', String(port)] }), 1, /is in use/],
    [startProcess(context, { ...database, ...away }, twoWorkers), 1, /cannot be opened/],
    [startProcess(context, { ...database, url: 'sqlite::memory:' }, twoWorkers), 2, /More than one worker needs/],
    [startProcess(context, database, { ...twoWorkers, env: { MUSTER_SECRET_KEY: undefined } }), 2, /SECRET_KEY/],
  ] as const;
  for (const [child, code, line] of refusals) {
    assert.equal(await child.ended, code, child.err());
    assert.match(child.err(), line);
    assert.equal(child.err().trim().split('\n').length, 1, child.err());
    assert.equal(child.out(), '');
  }
});

test('a worker that dies is replaced, and none outlives the one that supervises them', async (context) => {
  const { child, origin } = await start(context);
  const [first = 0, second = 0] = pidsOf(child);
  process.kill(first, 'SIGKILL');
  await until(() => pidsOf(child).length === 3, 'another one serves');
  assert.match(child.err(), /"msg":"a worker has died; another one is started"/);
  for (let asked = 0; asked < 6; asked++) assert.equal((await askAnew(origin, '/readyz')).status, 200);
  const third = pidsOf(child)[2] ?? 0;
  for (const pid of [second, third]) process.kill(pid, 'SIGKILL');
  await until(() => pidsOf(child).length === 5, 'two others serve');
  assert.equal((await askAnew(origin, '/readyz')).status, 200);
  const last = pidsOf(child).slice(3);
  child.process.kill('SIGKILL');
  await until(() => !last.some(isAlive), 'its workers have ended');
});

test('a restart under load replaces each worker, refuses no connection and loses no update', async (context) => {
  const { database, child, origin } = await start(context);
  const clients = 6;
  const ids = await Promise.all(
    Array.from({ length: clients }, async (_, place) => {
      const { body } = await ask(origin, 'POST /users', { body: { username: `user-${place}` } });
      return String(body['id']);
    }),
  );
  let isOver = false;
  const refused: string[] = [];
  const write = async (id: string): Promise<string[]> => {
    const acknowledged: string[] = [];
    const agent = new Agent({ keepAlive: true });
    for (let number = 0; !isOver; number++) {
      const name = `name ${number}`;
      const { status, error } = await patchName(agent, origin, id, name);
      if (status === 200) acknowledged.push(name);
      else if (error !== 'ECONNRESET') refused.push(`${status} ${error}`);
    }
    agent.destroy();
    return acknowledged;
  };
  const writing = Promise.all(ids.map(write));
  const former = pidsOf(child);
  child.process.kill('SIGUSR2');
  await until(() => child.err().includes('the restart has ended'), 'the restart has ended');
  isOver = true;
  const acknowledged = await writing;
  assert.deepEqual(refused, []);
  assert.deepEqual(former.filter(isAlive), []);
  assert.equal(pidsOf(child).length, 4);
  const store = await database.open();
  context.after(() => store.close());
  for (const [place, id] of ids.entries()) {
    const recorded = await namesIn(store, id);
    for (const name of acknowledged[place] ?? []) {
      assert.equal(recorded.filter((each) => each === name).length, 1, name);
    }
    assert.ok((acknowledged[place] ?? []).length > 0);
  }
});

async function patchName(agent: Agent, origin: string, id: string, name: string) {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const sent = request(new URL(`/directory/v1/users/${id}`, origin), { agent, method: 'PATCH', headers });
  sent.end(JSON.stringify({ profile: { givenName: name } }));
  try {
    const [response] = await once(sent, 'response');
    await Array.fromAsync(response);
    return { status: response.statusCode as number };
  } catch (error) {
    return { status: 0, error: (error as NodeJS.ErrnoException).code };
  }
}

test('SIGHUP gives every worker the certificate that is there by then', async (context) => {
  const files = keepCertificate(context, makeCertificate('first'));
  const env = { MUSTER_TLS_CERT: files.cert, MUSTER_TLS_KEY: files.key };
  const { child, origin } = await start(context, { ...twoWorkers, env });
  const nameOf = async (): Promise<unknown> => {
    const socket = connectSecurely({ port: Number(new URL(origin).port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  assert.deepEqual(await Promise.all([nameOf(), nameOf(), nameOf(), nameOf()]), Array(4).fill('first'));
  const second = makeCertificate('second');
  writeFileSync(files.cert, second.cert);
  writeFileSync(files.key, second.key);
  child.process.kill('SIGHUP');
  await until(() => child.err().match(/has been read again/g)?.length === 2, 'both have read it');
  assert.deepEqual(await Promise.all([nameOf(), nameOf(), nameOf(), nameOf()]), Array(4).fill('second'));
});
