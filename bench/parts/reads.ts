import type { Bench } from '#bench/bench.ts';
import { bare, startBare } from '#bench/contenders/bare.ts';
import { compare } from '#bench/contenders/compare.ts';
import { muster } from '#bench/contenders/muster.ts';
import { read } from '#bench/load/scenarios.ts';
import type { Figure } from '#bench/report/goals.ts';
import { ratios } from '#bench/report/series.ts';
import type { Served } from '#bench/stores/filled-store.ts';
import { crowd } from './updates.ts';

/** Reads of random users over a bare server that answers as much. */
export async function measureReads({ options: { rounds, seconds } }: Bench, served: Served): Promise<Figure> {
  const server = await startBare(read, served);
  const contenders = [bare(server, read, served, crowd, seconds), muster(served, read, crowd, seconds)];
  const course = { name: `reads, ${served.kind.name}`, connections: crowd, rounds };
  const [base, own] = (await compare(course, contenders)).series;
  await server.stop();
  return { measure: 'read', store: served.kind.name, values: base && own ? ratios(own, base) : [] };
}
