import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { bare, startBare } from '#bench/contenders/bare.ts';
import { type Contender, compare } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { readResult } from '#bench/load/load.ts';
import { type Scenario, scenarios, zitadel } from '#bench/load/scenarios.ts';
import { outputOf } from '#bench/programs.ts';
import type { Comparison } from '#bench/report/series.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import { introduce } from './introduce.ts';

/** The connections at which the goals are set, and at which the peers take part. */
export const crowd = 256;
const sockets = 64;

/** Updates through each dialect that is asked for, beside a bare server; the peers take part in ZITADEL's. */
export async function measureUpdates(
  bench: Bench,
  served: readonly [Served, ...Served[]],
  peers: readonly Contender[],
): Promise<Comparison[]> {
  const { wants, connections } = bench.options;
  const comparisons: Comparison[] = [];
  for (const scenario of scenarios.filter(({ name }) => wants(name)))
    comparisons.push(...(await measureScenario(bench, scenario, connections, served, peers)));
  // The peers have nobody to be compared with unless ZITADEL's updates at that crowd are measured.
  const isCompared = wants(zitadel.name) && connections.includes(crowd);
  if (peers.length > 0 && !isCompared)
    comparisons.push(...(await measureScenario(bench, zitadel, [crowd], served, peers)));
  if (wants('devicehive ws')) comparisons.push(await measureSockets(bench, served));
  return comparisons;
}

async function measureScenario(
  { options: { rounds, seconds } }: Bench,
  scenario: Scenario,
  connections: readonly number[],
  served: readonly [Served, ...Served[]],
  peers: readonly Contender[],
): Promise<Comparison[]> {
  for (const one of served) await introduce(one, scenario);
  const server = await startBare(scenario, served[0]);
  const comparisons: Comparison[] = [];
  for (const count of connections) {
    const contenders = [
      bare(server, scenario, served[0], count, seconds),
      ...served.map((one) => muster(one, scenario, count, seconds)),
      ...(scenario === zitadel && count === crowd ? peers : []),
    ];
    comparisons.push(await compare({ name: scenario.name, connections: count, rounds }, contenders));
  }
  await server.stop();
  return comparisons;
}

/** Connections that stay open, against a PUT over as many. */
async function measureSockets(bench: Bench, served: readonly [Served, ...Served[]]): Promise<Comparison> {
  const { rounds, seconds } = bench.options;
  const server = await startBare(zitadel, served[0]);
  const program = join(import.meta.dirname, '../load/socket-load.ts');
  const overSockets = ({ kind, server: { origin, memory }, idsOf }: Served): Contender => ({
    name: kind.name,
    memory,
    load: async () => {
      const args = [origin, token, idsOf('devicehive'), sockets, seconds].map(String);
      return readResult(await outputOf(process.execPath, [program, ...args]));
    },
  });
  const contenders = [bare(server, zitadel, served[0], sockets, seconds), ...served.map(overSockets)];
  const comparison = await compare({ name: 'devicehive ws', connections: sockets, rounds }, contenders);
  await server.stop();
  return comparison;
}
