import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { compare } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import type { Load } from '#bench/load/load.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import type { Figure } from '#bench/report/goals.ts';
import { ratios } from '#bench/report/series.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import { crowd } from './updates.ts';

/** Updates while others change passwords as fast as they are hashed, over updates without. */
export async function measurePasswords({ options: { rounds, seconds } }: Bench, served: Served): Promise<Figure> {
  const { load } = muster(served, zitadel, crowd, seconds);
  const meanwhile = { name: 'meanwhile', load: () => whilePasswordsChange(served, load) };
  const course = { name: `passwords, ${served.kind.name}`, connections: crowd, rounds };
  const { series } = await compare(course, [{ name: 'alone', load }, meanwhile]);
  const [alone, disturbed] = series;
  const values = alone === undefined || disturbed === undefined ? [] : ratios(disturbed, alone);
  return { measure: 'passwords', store: served.kind.name, values };
}

async function whilePasswordsChange({ server, idsOf }: Served, load: () => Promise<Load>): Promise<Load> {
  const program = join(import.meta.dirname, '../load/password-load.ts');
  const changing = spawn(process.execPath, [program, server.origin, token, idsOf(zitadel.dialect)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(changing, 'exit');
  // It says so once the first has been changed: from then on the hashing threads are busy.
  await Promise.race([once(changing.stdout, 'data'), ended]);
  const done = await load();
  if (changing.exitCode !== null) throw new Error('The passwords have not been changed.');
  changing.kill();
  await ended;
  return done;
}
