import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { startBare } from '#bench/contenders/bare.ts';
import { progress } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { type Load, readResult } from '#bench/load/load.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import { outputOf } from '#bench/programs.ts';
import type { Figure } from '#bench/report/goals.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import { crowd } from './updates.ts';

/**
 * The 99th percentile at half of the rate that the same server has reached right before; and that of a bare server at
 * the same pace, which is what the machine and the loader have of it.
 */
export async function measureLatency(bench: Bench, served: Served): Promise<Figure> {
  const { rounds, seconds } = bench.options;
  const { load } = muster(served, zitadel, crowd, seconds);
  await load();
  const bareServer = await startBare(zitadel, served);
  const [values, bare]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    const { perSecond } = await load();
    const pace = Math.max(1, Math.round(perSecond / 2));
    values.push(p99Of(await pacedLoad(served.server.origin, served, pace, seconds)));
    bare.push(p99Of(await pacedLoad(bareServer.origin, served, pace, seconds)));
    progress(`latency, ${served.kind.name}: round ${round} of ${rounds}`);
  }
  await bareServer.stop();
  return { measure: 'p99', store: served.kind.name, values, bare };
}

/** What has failed has never come: such a round cannot meet the goal. */
function p99Of({ failed, p99Ms = Number.NaN }: Load): number {
  return failed > 0 ? Infinity : p99Ms;
}

async function pacedLoad(origin: string, { idsOf }: Served, rate: number, seconds: number): Promise<Load> {
  const program = join(import.meta.dirname, '../load/paced-load.ts');
  const args = [program, origin, token, idsOf(zitadel.dialect), rate, seconds].map(String);
  return readResult(await outputOf(process.execPath, args));
}
