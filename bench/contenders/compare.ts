import type { Load } from '#bench/load/load.ts';
import { type Comparison, median, type Series } from '#bench/report/series.ts';

/** Something that is put under load for as long as one round gives it. */
export interface Contender {
  readonly name: string;
  load(): Promise<Load>;
  /** What it holds now, in MB; where somebody asks. */
  memory?(): Promise<number>;
}

export interface Course {
  readonly name: string;
  readonly connections: number;
  readonly rounds: number;
}

/** Lets the contenders take turns. */
export async function compare(course: Course, contenders: readonly Contender[]): Promise<Comparison> {
  const { name, connections, rounds } = course;
  // What runs for the first time is compiled first: that is not measured.
  for (const contender of contenders) await contender.load();
  const loads = contenders.map((): Load[] => []);
  for (let round = 0; round < rounds; round++) {
    progress(`${name}, ${connections} connections: round ${round + 1} of ${rounds}`);
    for (let turn = 0; turn < contenders.length; turn++) {
      // Another one goes first in each round, so that nobody always follows the one that has left the disk busy.
      const index = (round + turn) % contenders.length;
      const load = await contenders[index]?.load();
      if (load !== undefined) loads[index]?.push(load);
    }
  }
  const series = contenders.map(async (contender, i): Promise<Series> => {
    const memory = await contender.memory?.();
    return { name: contender.name, loads: loads[i] ?? [], ...(memory === undefined ? {} : { memory }) };
  });
  return { name, connections, series: await Promise.all(series) };
}

/** As many clients as serve a contender best: by the medians of a few tries, since one may have been disturbed. */
export async function bestOf(counts: readonly number[], load: (clients: number) => Promise<Load>): Promise<number> {
  const contenders = counts.map((clients) => ({ name: String(clients), load: () => load(clients) }));
  const { series } = await compare({ name: 'clients', connections: Math.max(...counts), rounds: 3 }, contenders);
  const rates = series.map(({ loads }) => median(loads.map(({ perSecond }) => perSecond)));
  return counts[rates.indexOf(Math.max(...rates))] ?? 1;
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
