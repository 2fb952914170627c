import type { Load } from '#bench/load/load.ts';

/** What one contender came to, round by round. */
export interface Series {
  readonly name: string;
  readonly loads: readonly Load[];
  /** What it held after the last round, in MB. */
  readonly memory?: number;
}

/** Contenders that took turns: the n-th loads of all belong to the same round. */
export interface Comparison {
  readonly name: string;
  readonly connections: number;
  readonly series: readonly Series[];
}

/** A median, and the least and the greatest of what it stands for. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

/** Of two series, the ratio of rates in each round: neighbours in time, so that what slows the machine slows both. */
export function ratios(series: Series, base: Series): number[] {
  return series.loads.map(({ perSecond }, round) => perSecond / (base.loads[round]?.perSecond ?? Number.NaN));
}

/** By name, in a comparison that need not have it. */
export function seriesOf({ series }: Comparison, name: string): Series | undefined {
  return series.find((one) => one.name === name);
}
