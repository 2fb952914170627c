import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Server, startServer } from '#bench/load/processes.ts';
import { filled, type Scenario, templateOf } from '#bench/load/scenarios.ts';
import { wrk } from '#bench/load/wrk.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';
import { bareName } from './bare-name.ts';
import type { Contender } from './compare.ts';

/** A server that answers what Muster has answered to one such request, and does nothing else. */
export async function startBare(scenario: Scenario, { server, idsOf }: Served): Promise<Server> {
  const [id = ''] = readFileSync(idsOf(scenario.dialect), 'utf8').split('\n', 1);
  const { method, path, headers, body } = filled(templateOf(scenario, token), id, 1);
  const answer = await fetch(server.origin + path, { method, headers, ...(body && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} is refused: ${text}`);
  return await startServer([join(import.meta.dirname, 'bare-server.ts'), scenario.path, text]);
}

/** Under the same requests as Muster. */
export function bare(server: Server, scenario: Scenario, { idsOf }: Served, connections: number, seconds: number) {
  const target = { origin: server.origin, template: templateOf(scenario, token), ids: idsOf(scenario.dialect) };
  return { name: bareName, load: () => wrk(target, connections, seconds) } satisfies Contender;
}
