import { bareName } from '#bench/contenders/bare-name.ts';
import type { Missing } from '#bench/not-available.ts';
import { type StoreName, storeNames, storeTitles } from '#bench/stores/store-names.ts';
import { type Figure, type Goal, goals, isMet } from './goals.ts';
import { type Comparison, median, ratios, type Series, type Spread, seriesOf, spreadOf } from './series.ts';
import type { Rows } from './table.ts';

/** What a run has come to. */
export interface Results {
  /** What the figures hold for: each by what it is. */
  readonly conditions: readonly (readonly [string, string])[];
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];
  /** Of the peers that have taken part, what they do and how many clients served them best. */
  readonly peers: readonly { readonly name: string; readonly does: string; readonly clients: number }[];
  readonly missing: readonly Missing[];
}

export interface Section extends Rows {
  readonly title: string;
  /** Each a line of its own. */
  readonly says: readonly string[];
}

export function sectionsOf(results: Results): Section[] {
  return [goalsSection(results), peersSection(results), updatesSection(results), conditionsSection(results)].filter(
    ({ rows }) => rows.length > 0,
  );
}

function goalsSection({ figures, comparisons }: Results): Section {
  const measured = [...rateFigures(comparisons), ...figures];
  const missed: string[] = [];
  const rows = goals.flatMap((goal) => {
    const figure = measured.find(({ measure, store }) => measure === goal.measure && store === goal.store);
    if (figure === undefined) missed.push(`${goal.says}, ${storeTitles[goal.store]}`);
    return figure === undefined ? [] : [goalRow(goal, figure)];
  });
  const says = ['A goal is met by the median over rounds; beside it are the least and the greatest.'];
  if (missed.length > 0) says.push(`Not measured in this run: ${missed.join('; ')}.`);
  return { title: 'Goals', says, head: ['measure', 'store', 'goal', 'median', 'spread', 'met'], rows };
}

function goalRow(goal: Goal, { values, bare }: Figure): string[] {
  const spread = spreadOf(values);
  const bound = goal.atLeast === undefined ? `≤ ${inUnit(goal, goal.atMost ?? 0)}` : `≥ ${inUnit(goal, goal.atLeast)}`;
  const range = values.length > 1 ? rangeOf(spread, (value) => inUnit(goal, value)) : '';
  const beside = bare === undefined ? '' : `; ${bareName} ${inUnit(goal, median(bare))}`;
  const met = isMet(goal, spread.median) ? 'yes' : 'no';
  return [goal.says, storeTitles[goal.store], bound, inUnit(goal, spread.median), range + beside, met];
}

/** Of the comparison that the goals on rates are about. */
function rateFigures(comparisons: readonly Comparison[]): Figure[] {
  const comparison = comparisons.find(isGoals);
  const bare = comparison && seriesOf(comparison, bareName);
  return storeNames.flatMap((store) => {
    const series = comparison && seriesOf(comparison, store);
    return series && bare ? [{ measure: 'rate', store, values: ratios(series, bare) }] : [];
  });
}

/** Whether the goals on rates are about this comparison. */
export function isGoals({ name, connections }: Comparison): boolean {
  return name === 'zitadel' && connections === 256;
}

/** Everybody who took part in a comparison with peers, beside the bare server and beside Muster. */
function peersSection({ comparisons, peers }: Results): Section {
  const names = new Set(peers.map(({ name }) => name));
  const comparison = comparisons.find(({ series }) => series.some(({ name }) => names.has(name)));
  const stores = storeNames.filter((store) => comparison && seriesOf(comparison, store));
  const rows = (comparison?.series ?? []).map((series) => {
    const peer = peers.find(({ name }) => name === series.name);
    return [
      titleOf(series.name),
      String(peer?.clients ?? comparison?.connections),
      rate(series),
      ratioTo(series, comparison && seriesOf(comparison, bareName)),
      ...stores.map((store) => ratioTo(comparison && seriesOf(comparison, store), series)),
      String(failures([series])),
    ];
  });
  return {
    title: 'Beside others',
    says: [
      'Each in turn, round by round, with as many users stored; the ratios are medians over rounds with their spread.',
      ...peers.map(({ name, does }) => `${name}: ${does}.`),
    ],
    head: [
      '',
      'clients',
      'updates/s',
      `over ${bareName}`,
      ...stores.map((store) => `Muster, ${storeTitles[store]}, over it`),
      'failed',
    ],
    rows,
  };
}

function updatesSection({ comparisons }: Results): Section {
  const rows = comparisons.flatMap((comparison) => {
    const bare = seriesOf(comparison, bareName);
    return storeNames.flatMap((store) => {
      const series = seriesOf(comparison, store);
      if (series === undefined || bare === undefined) return [];
      return [
        [
          comparison.name,
          String(comparison.connections),
          storeTitles[store],
          rate(series),
          rate(bare),
          ratioTo(series, bare),
          of(series, ({ p50Ms = Number.NaN }) => p50Ms, 1),
          of(series, ({ p99Ms = Number.NaN }) => p99Ms, 1),
          (series.memory ?? Number.NaN).toFixed(0),
          String(failures([series, bare])),
        ],
      ];
    });
  });
  const head = ['update through', 'connections', 'store', 'updates/s', 'bare PUTs/s', 'ratio', 'p50 ms', 'p99 ms'];
  return {
    title: 'Through each dialect',
    says: [`Each beside a ${bareName} with the same body and the same answer. Latencies are those at full load.`],
    head: [...head, 'RSS MB', 'failed'],
    rows,
  };
}

function conditionsSection({ conditions, missing }: Results): Section {
  const absent = missing.map(({ name, reason }) => [`${titleOf(name)} is not available`, reason]);
  return {
    title: 'Conditions',
    says: ['Servers, databases and the load itself share this machine.'],
    head: ['what', 'how'],
    rows: [...conditions, ...absent],
  };
}

export function titleOf(name: string): string {
  return name in storeTitles ? `Muster, ${storeTitles[name as StoreName]}` : name;
}

function inUnit({ unit }: Pick<Goal, 'unit'>, value: number): string {
  if (unit === undefined) return value.toFixed(2);
  if (unit === 'users/s') return `${thousands(value)} ${unit}`;
  return `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`;
}

function ratioTo(series: Series | undefined, base: Series | undefined): string {
  if (series === undefined || base === undefined || series === base) return '';
  const spread = spreadOf(ratios(series, base));
  const digits = spread.median < 0.1 ? 3 : spread.median < 10 ? 2 : 0;
  return `${spread.median.toFixed(digits)} (${rangeOf(spread, (value) => value.toFixed(digits))})`;
}

function rangeOf({ least, greatest }: Spread, show: (value: number) => string): string {
  return `${show(least)} to ${show(greatest)}`;
}

function of({ loads }: Series, pick: (load: Series['loads'][number]) => number, digits: number): string {
  return median(loads.map(pick)).toFixed(digits);
}

function rate({ loads }: Series): string {
  return thousands(median(loads.map(({ perSecond }) => perSecond)));
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function failures(all: readonly Series[]): number {
  return all.flatMap(({ loads }) => loads).reduce((sum, { failed }) => sum + failed, 0);
}
