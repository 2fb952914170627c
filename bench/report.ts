import { cpus } from 'node:os';
import Table from 'cli-table3';
import type { Load } from './load.ts';

/** One round: the load on Muster, and right before it the same load on the bare server. */
export interface Round {
  readonly muster: Load;
  readonly bare: Load;
}

export interface Line {
  readonly name: string;
  readonly connections: number;
  readonly rounds: readonly Round[];
  /** After the last round. */
  readonly rssMiB: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** The lines as a table of medians; the ratios' spread is their least and their greatest. */
export function tableOf(lines: readonly Line[]): string {
  const head = [
    'update through',
    'connections',
    'updates/s',
    'bare PUT/s',
    'ratio',
    'spread',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
    'failed',
  ];
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  for (const { name, connections, rounds, rssMiB } of lines) {
    const ratios = rounds.map(({ muster, bare }) => muster.perSecond / bare.perSecond);
    const of = (pick: (round: Round) => number, digits = 0) => median(rounds.map(pick)).toFixed(digits);
    table.push([
      name,
      connections,
      of(({ muster }) => muster.perSecond),
      of(({ bare }) => bare.perSecond),
      median(ratios).toFixed(2),
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      of(({ muster }) => muster.p50Ms, 1),
      of(({ muster }) => muster.p99Ms, 1),
      rssMiB.toFixed(0),
      rounds.reduce((sum, { muster, bare }) => sum + muster.failed + bare.failed, 0),
    ]);
  }
  return table.toString();
}

export function conditions(users: number, rounds: number, seconds: number): string {
  const processors = cpus();
  return [
    `${processors.length} processors (${processors[0]?.model ?? 'unknown'}), shared with the load; Node ${process.version};`,
    `${users} users in the embedded store, every commit synced before its answer; ${rounds} interleaved rounds of ${seconds} s; medians.`,
  ].join('\n');
}
