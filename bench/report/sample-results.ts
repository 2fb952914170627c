import { bareName } from '#bench/contenders/bare-name.ts';
import type { Results } from './sections.ts';
import type { Series } from './series.ts';

const seriesWith = (name: string, rates: readonly number[]): Series => ({
  name,
  loads: rates.map((perSecond) => ({ perSecond, p50Ms: 10, p99Ms: 20, failed: 0 })),
  memory: 200,
});

/** What a run might have come to, for tests. */
export const sampleResults: Results = {
  conditions: [['Node', 'v26.10.0']],
  comparisons: [
    {
      name: 'zitadel',
      connections: 256,
      series: [
        seriesWith(bareName, [10_000, 12_000, 8_000]),
        seriesWith('embedded', [8_500, 9_000, 7_200]),
        seriesWith('postgres', [5_000, 6_000, 4_000]),
        seriesWith('slapd', [2_000, 2_400, 2_000]),
      ],
    },
  ],
  figures: [
    { measure: 'growth', store: 'embedded', values: [0.95, 0.97, 0.91] },
    { measure: 'p99', store: 'embedded', values: [12, 25, 31], bare: [3, 2, 4] },
    { measure: 'seed', store: 'embedded', values: [31_234] },
  ],
  peers: [{ name: 'slapd', does: 'modifies <two> attributes', clients: 64 }],
  missing: [{ name: 'pgbench', reason: 'pgbench is not installed: apt-get install postgresql' }],
};
