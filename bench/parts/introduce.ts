import { join } from 'node:path';
import { progress } from '#bench/contenders/compare.ts';
import { readResult } from '#bench/load/load.ts';
import type { Scenario } from '#bench/load/scenarios.ts';
import { outputOf } from '#bench/programs.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';

const program = join(import.meta.dirname, '../load/once-load.ts');
const introduced = new WeakMap<Served, Set<string>>();

/** Where whole users are sent, lets each have such an update before any is measured; once for a dialect and a server. */
export async function introduce(served: Served, { name, dialect, isWhole }: Scenario): Promise<void> {
  const done = introduced.get(served) ?? new Set();
  if (!isWhole || done.has(dialect)) return;
  progress(`${dialect}, ${served.kind.name}: everybody is updated once`);
  const args = [program, served.server.origin, token, served.idsOf(dialect), name];
  const { failed } = readResult(await outputOf(process.execPath, args));
  if (failed > 0) throw new Error(`${failed} users could not be updated through ${name}.`);
  introduced.set(served, done.add(dialect));
}
