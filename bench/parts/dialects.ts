import type { Bench } from '#bench/bench.ts';
import { compare } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { scenarios, zitadel } from '#bench/load/scenarios.ts';
import { dialectMeasure, type Figure } from '#bench/report/goals.ts';
import { ratios, seriesOf } from '#bench/report/series.ts';
import type { Served } from '#bench/stores/filled-store.ts';
import { introduce } from './introduce.ts';
import { crowd } from './updates.ts';

/** Each HTTP dialect's rate over ZITADEL's, all of them taking turns on one server. */
export async function measureDialects({ options: { rounds, seconds } }: Bench, served: Served): Promise<Figure[]> {
  for (const scenario of scenarios) await introduce(served, scenario);
  const contenders = scenarios.map((scenario) => ({
    ...muster(served, scenario, crowd, seconds),
    name: scenario.name,
  }));
  const course = { name: `dialects, ${served.kind.name}`, connections: crowd, rounds };
  const comparison = await compare(course, contenders);
  const base = seriesOf(comparison, zitadel.name);
  return scenarios.flatMap((scenario) => {
    const own = seriesOf(comparison, scenario.name);
    if (scenario === zitadel || own === undefined || base === undefined) return [];
    return [{ measure: dialectMeasure(scenario), store: served.kind.name, values: ratios(own, base) }];
  });
}
