import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { type Contender, compare } from '#bench/contenders/compare.ts';
import { readResult } from '#bench/load/load.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import { type Transport, transports } from '#bench/load/transports.ts';
import { outputOf } from '#bench/programs.ts';
import type { Figure } from '#bench/report/goals.ts';
import { ratios } from '#bench/report/series.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';

const callers = 64;
const program = join(import.meta.dirname, '../load/transport-load.ts');

/** ZITADEL's update by Connect in JSON and by gRPC, over the same by REST. */
export async function measureTransports({ options: { rounds, seconds } }: Bench, served: Served): Promise<Figure[]> {
  const { kind, server, idsOf } = served;
  const by = (transport: Transport): Contender => ({
    name: transport,
    load: async () => {
      const args = [transport, server.origin, token, idsOf(zitadel.dialect), callers, seconds].map(String);
      const load = readResult(await outputOf(process.execPath, [program, ...args]));
      if (load.failed > 0) throw new Error(`${load.failed} updates by ${transport} have failed.`);
      return load;
    },
  });
  const course = { name: `transports, ${kind.name}`, connections: callers, rounds };
  const [rest, connect, grpc] = (await compare(course, transports.map(by))).series;
  if (rest === undefined || connect === undefined || grpc === undefined) return [];
  return [
    { measure: 'connect', store: kind.name, values: ratios(connect, rest) },
    { measure: 'grpc', store: kind.name, values: ratios(grpc, rest) },
  ];
}
