import type { Bench } from '#bench/bench.ts';
import { compare } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import type { Figure } from '#bench/report/goals.ts';
import { ratios } from '#bench/report/series.ts';
import { type FilledStore, fill, serve } from '#bench/stores/filled-store.ts';
import { crowd } from './updates.ts';

const few = 10_000;

/** Updates with many users stored over updates with few, and the most memory that the server of the many has taken. */
export async function measureGrowth(bench: Bench, large: FilledStore): Promise<Figure[]> {
  const small = await fill(large.kind, bench, few);
  const figures = await measureBoth(bench, large, small);
  await small.remove();
  return figures;
}

async function measureBoth(bench: Bench, large: FilledStore, small: FilledStore): Promise<Figure[]> {
  const { rounds, seconds } = bench.options;
  await using servers = bench.cleanUp.use(new AsyncDisposableStack());
  const served = [await serve(large, bench.folder, servers), await serve(small, bench.folder, servers)];
  const contenders = served.map((one) => muster(one, zitadel, crowd, seconds));
  const course = { name: `growth, ${large.kind.name}`, connections: crowd, rounds };
  const [many, fewer] = (await compare(course, contenders)).series;
  const store = large.kind.name;
  return [
    { measure: 'growth', store, values: many && fewer ? ratios(many, fewer) : [] },
    { measure: 'memory', store, values: [(await served[0]?.server.peakMemory()) ?? Number.NaN] },
  ];
}
