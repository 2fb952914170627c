import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs, promisify } from 'node:util';
import { type Load, readResult } from './load.ts';
import { type Server, startServer } from './processes.ts';
import { conditions, type Line, median, type Round, tableOf } from './report.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { hasWrk, type Target, wrk } from './wrk.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '1,64,256' },
    only: { type: 'string' },
  },
});
const [users, rounds, seconds] = [Number(values.users), Number(values.rounds), Number(values.seconds)];
const connections = values.connections.split(',').map(Number);
const isWanted = (name: string) => values.only === undefined || values.only.split(',').includes(name);

const token = 'a-token-for-the-benchmark-alone';
const programAt = (path: string) => join(import.meta.dirname, path);
const cli = programAt('../src/cli.ts');
const run = promisify(execFile);

if (!(await hasWrk())) {
  process.stderr.write('The benchmark needs wrk: apt-get install wrk\n');
  process.exit(1);
}
const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
try {
  await bench();
} finally {
  await rm(folder, { recursive: true });
}

async function bench(): Promise<void> {
  const environment = {
    MUSTER_STORE: `sqlite:${join(folder, 'muster.db')}`,
    MUSTER_PORT: '0',
    MUSTER_ADMIN_TOKEN: token,
    MUSTER_LOG_LEVEL: 'warn',
  };
  await seed(environment);
  const muster = await startServer([cli, 'serve'], environment);
  const lines: Line[] = [];
  for (const scenario of scenarios.filter(({ name }) => isWanted(name)))
    lines.push(...(await measure(scenario, muster)));
  if (isWanted('devicehive ws')) lines.push(await measureSockets(muster));
  process.stdout.write(`${conditions(users, rounds, seconds)}\n${tableOf(lines)}\n`);
  if (isWanted('passwords')) process.stdout.write(await measurePasswords(muster));
  await muster.stop();
}

async function seed(environment: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [cli, 'seed', '--users', String(users)], {
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error('The store could not be filled.');
}

/** The ids by which a dialect knows the people, one in each line. */
async function idsOf(dialect: string): Promise<{ file: string; first: string }> {
  const db = new DatabaseSync(join(folder, 'muster.db'), { readOnly: true });
  const rows = db.prepare('SELECT value FROM identifiers WHERE dialect = ? AND user > 1 ORDER BY user').all(dialect);
  db.close();
  const file = join(folder, dialect);
  await writeFile(file, rows.map(({ value }) => `${value}\n`).join(''));
  return { file, first: String(rows[0]?.['value']) };
}

async function measure(scenario: Scenario, muster: Server): Promise<Line[]> {
  const ids = await idsOf(scenario.dialect);
  const bare = await startBare(scenario, muster, ids.first);
  const target = { token, scenario, ids: ids.file };
  const lines: Line[] = [];
  for (const count of connections) {
    const load = () => wrk({ ...target, origin: muster.origin }, count, seconds);
    lines.push(await line(scenario.name, count, muster, load, { ...target, origin: bare.origin }));
  }
  await bare.stop();
  return lines;
}

/** 64 connections that stay open, against a PUT over as many. */
async function measureSockets(muster: Server): Promise<Line> {
  const count = 64;
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('There is no scenario to compare with.');
  const [ids, zitadelIds] = [await idsOf('devicehive'), await idsOf(scenario.dialect)];
  const bare = await startBare(scenario, muster, zitadelIds.first);
  const load = async (): Promise<Load> => {
    const args = [muster.origin, token, ids.file, String(count), String(seconds)];
    return readResult((await run(process.execPath, [programAt('socket-load.ts'), ...args])).stdout);
  };
  const measured = await line('devicehive ws', count, muster, load, {
    token,
    scenario,
    ids: zitadelIds.file,
    origin: bare.origin,
  });
  await bare.stop();
  return measured;
}

async function line(
  name: string,
  count: number,
  muster: Server,
  load: () => Promise<Load>,
  bare: Target,
): Promise<Line> {
  // What runs for the first time is compiled first: that is not measured.
  await load();
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    measured.push({ bare: await wrk(bare, count, seconds), muster: await load() });
    if (process.stderr.isTTY) process.stderr.write(`${name}, ${count} connections: round ${round} of ${rounds}\n`);
  }
  return { name, connections: count, rounds: measured, rssMiB: await muster.rss() };
}

/** A server that answers what Muster has answered to one such request, and does nothing else. */
async function startBare({ method, path, type, body }: Scenario, muster: Server, id: string): Promise<Server> {
  const fill = (text: string) => text.replaceAll('{id}', id).replaceAll('{n}', '1').replaceAll('{n4}', '0001');
  const answer = await fetch(muster.origin + fill(path), {
    method,
    headers: { 'content-type': type, authorization: `Bearer ${token}` },
    body: fill(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} is refused: ${text}`);
  return await startServer([programAt('bare.ts'), path, text]);
}

/** ZITADEL's updates while others change passwords as fast as they are hashed, over updates without. */
async function measurePasswords(muster: Server): Promise<string> {
  const [scenario] = scenarios;
  if (scenario === undefined) return '';
  const ids = await idsOf(scenario.dialect);
  const load = () => wrk({ token, scenario, ids: ids.file, origin: muster.origin }, 256, seconds);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const alone = await load();
    const changing = spawn(process.execPath, [programAt('password-load.ts'), muster.origin, token, ids.file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(changing, 'spawn');
    ratios.push((await load()).perSecond / alone.perSecond);
    changing.kill();
    await once(changing, 'exit');
  }
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  return `updates/s while passwords are changed, over without: ${median(ratios).toFixed(2)} (${spread})\n`;
}
