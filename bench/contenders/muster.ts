import { type Scenario, templateOf } from '#bench/load/scenarios.ts';
import { wrk } from '#bench/load/wrk.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import type { Contender } from './compare.ts';

/** Muster with one store, called as the store is. */
export function muster({ kind, server, idsOf }: Served, scenario: Scenario, connections: number, seconds: number) {
  const target = { origin: server.origin, template: templateOf(scenario, token), ids: idsOf(scenario.dialect) };
  return {
    name: kind.name,
    load: () => wrk(target, connections, seconds),
    memory: server.memory,
  } satisfies Contender;
}
