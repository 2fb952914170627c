/** What one round of load came to. */
export interface Load {
  readonly perSecond: number;
  /** Absent where the loader does not tell. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Answers other than the success that was asked for, and broken connections. */
  readonly failed: number;
}

/** What a loader prints when it is done: requests, failures, and microseconds in all, at the median, at the 99th percentile. */
export function readResult(output: string): Load {
  const [requests, failed, us, p50, p99] = /^RESULT (.*)$/m.exec(output)?.[1]?.split(' ').map(Number) ?? [];
  if (requests === undefined || !us) throw new Error(`The loader has come to nothing:\n${output}`);
  return { perSecond: (requests / us) * 1e6, p50Ms: (p50 ?? 0) / 1e3, p99Ms: (p99 ?? 0) / 1e3, failed: failed ?? 0 };
}

/** Prints what `readResult` reads. */
export function printResult(latenciesMs: readonly number[], failed: number, tookMs: number): void {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const usAt = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000);
  const us = Math.round(tookMs * 1000);
  process.stdout.write(`RESULT ${sorted.length} ${failed} ${us} ${usAt(0.5)} ${usAt(0.99)}\n`);
}

/** Milliseconds since the epoch, with fractions. */
export function nowMs(): number {
  // biome-ignore lint/plugin: a loader measures real time.
  return performance.timeOrigin + performance.now();
}

/** The n-th item of a walk that leaps about. */
export function scattered<Item>(items: readonly Item[], n: number): Item | undefined {
  return items[(n * 7919) % items.length];
}
