import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { progress } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { type Load, readResult } from '#bench/load/load.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import { outputOf } from '#bench/programs.ts';
import type { Figure } from '#bench/report/goals.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import { crowd } from './updates.ts';

/** The 99th percentile at half of the rate that the same server has reached right before. */
export async function measureLatency(bench: Bench, served: Served): Promise<Figure> {
  const { rounds, seconds } = bench.options;
  const { load } = muster(served, zitadel, crowd, seconds);
  await load();
  const values: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { perSecond } = await load();
    const paced = await pacedLoad(served, Math.max(1, Math.round(perSecond / 2)), seconds);
    // What has failed has never come: such a round cannot meet the goal.
    values.push(paced.failed > 0 ? Infinity : (paced.p99Ms ?? Number.NaN));
    progress(`latency, ${served.kind.name}: round ${round} of ${rounds}`);
  }
  return { measure: 'p99', store: served.kind.name, values };
}

async function pacedLoad({ server, idsOf }: Served, rate: number, seconds: number): Promise<Load> {
  const program = join(import.meta.dirname, '../load/paced-load.ts');
  const args = [program, server.origin, token, idsOf(zitadel.dialect), rate, seconds].map(String);
  return readResult(await outputOf(process.execPath, args));
}
