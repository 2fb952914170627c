import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import { progress } from '#bench/contenders/compare.ts';
import { readResult } from '#bench/load/load.ts';
import { zitadel } from '#bench/load/scenarios.ts';
import { outputOf } from '#bench/programs.ts';
import type { Figure } from '#bench/report/goals.ts';
import { type Served, token } from '#bench/stores/filled-store.ts';

/** Updates a second that go on meanwhile: a busy directory's, that leave the machine room for lists. */
const updatesPerSecond = 500;
const programs = join(import.meta.dirname, '../load');

/** The 99th percentile of lists by an address and by a piece of one, among so many users, while updates go on. */
export async function measureLists(
  { options: { rounds, seconds } }: Bench,
  { kind, server: { origin }, idsOf }: Served,
  users: number,
): Promise<Figure[]> {
  const [email, contains]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    for (const [which, values] of [['email', email] as const, ['contains', contains] as const]) {
      // Longer than the lists and their warm-up take.
      const args = [origin, token, idsOf(zitadel.dialect), updatesPerSecond, seconds + 60].map(String);
      const updating = spawn(process.execPath, [join(programs, 'paced-load.ts'), ...args], { stdio: 'ignore' });
      const ended = once(updating, 'exit');
      const listing = [join(programs, 'list-load.ts'), origin, token, which, users, seconds].map(String);
      const { failed, p99Ms = Number.NaN } = readResult(await outputOf(process.execPath, listing));
      if (updating.exitCode !== null) throw new Error('The updates have not gone on.');
      updating.kill();
      await ended;
      values.push(failed > 0 ? Infinity : p99Ms);
    }
    progress(`lists, ${kind.name}: round ${round} of ${rounds}`);
  }
  return [
    { measure: 'list', store: kind.name, values: email },
    { measure: 'contains', store: kind.name, values: contains },
  ];
}
