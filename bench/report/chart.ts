import { bareName } from '#bench/contenders/bare-name.ts';
import { storeTitles } from '#bench/stores/store-names.ts';
import { goals } from './goals.ts';
import { isGoals, type Results, titleOf } from './sections.ts';
import { ratios, type Spread, seriesOf, spreadOf } from './series.ts';

/** One ratio: a bar as long as its median, a line from its least to its greatest, a mark where its goal is. */
export interface Bar {
  readonly label: string;
  readonly spread: Spread;
  readonly goal?: number;
  /** Of Muster, and not of somebody that it is compared with. */
  readonly isMuster: boolean;
}

export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const [width, left, right, rowHeight, titleHeight, foot] = [900, 320, 100, 26, 40, 64];

/** What the chart shows of a run: who does how much of what a bare server does, and how Muster bears what burdens it. */
export function groupsOf({ comparisons, figures }: Results): Group[] {
  const groups = comparisons.flatMap((comparison): Group[] => {
    const bare = seriesOf(comparison, bareName);
    if (bare === undefined || !isGoals(comparison)) return [];
    const bars = comparison.series.flatMap((series): Bar[] => {
      if (series === bare) return [];
      const goal = goals.find(({ measure, store }) => measure === 'rate' && store === series.name)?.atLeast;
      const spread = spreadOf(ratios(series, bare));
      const isMuster = series.name in storeTitles;
      return [{ label: titleOf(series.name), spread, isMuster, ...(goal === undefined ? {} : { goal }) }];
    });
    return [{ title: `Durable updates/s over bare Fastify PUTs/s, ${comparison.connections} connections`, bars }];
  });
  const burdens = { growth: 'with many users', passwords: 'while passwords change' };
  const bars = goals.flatMap(({ measure, store, atLeast }): Bar[] => {
    const values = figures.find((figure) => figure.measure === measure && figure.store === store)?.values ?? [];
    if (!(measure === 'growth' || measure === 'passwords') || values.length === 0) return [];
    const label = `${burdens[measure]}, ${storeTitles[store]}`;
    return [{ label, spread: spreadOf(values), isMuster: true, ...(atLeast === undefined ? {} : { goal: atLeast }) }];
  });
  return [...groups, { title: 'Muster’s updates/s over its own with 10,000 users, or undisturbed', bars }].filter(
    (group) => group.bars.length > 0,
  );
}

/** The groups as a picture that stands on light and on dark pages. */
export function chartOf(groups: readonly Group[]): string {
  const greatest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ spread }) => spread.greatest)));
  const most = Math.ceil(greatest * 5) / 5;
  const xOf = (ratio: number) => Number((left + (ratio / most) * (width - left - right)).toFixed(1));
  let y = 0;
  const drawn = groups.map(({ title, bars }) => {
    const from = y;
    y += titleHeight + bars.length * rowHeight;
    const rows = bars.map((bar, i) => drawBar(bar, from + titleHeight + i * rowHeight, xOf));
    return `<text class="title" x="16" y="${from + 26}">${escaped(title)}</text>\n${rows.join('\n')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + foot}" width="${width}" height="${y + foot}" role="img">
<title>Ratios of updates per second: medians over rounds, with their spread and their goals</title>
${style}
<rect class="page" width="${width}" height="${y + foot}" rx="8"/>
${axis(most, y, xOf)}
${drawn.join('\n')}
${legend(y + 48)}
</svg>
`;
}

function drawBar({ label, spread, goal, isMuster }: Bar, y: number, xOf: (ratio: number) => number): string {
  const middle = y + rowHeight / 2;
  const digits = spread.median < 0.1 ? 3 : 2;
  const shown = [
    `<text class="label" x="${left - 12}" y="${middle + 4}">${escaped(label)}</text>`,
    `<rect class="${isMuster ? 'muster' : 'other'}" x="${left}" y="${y + 5}" width="${(xOf(spread.median) - left).toFixed(1)}" height="${rowHeight - 10}" rx="2"/>`,
    `<path class="spread" d="M${xOf(spread.least)} ${middle}H${xOf(spread.greatest)}M${xOf(spread.least)} ${middle - 4}v8M${xOf(spread.greatest)} ${middle - 4}v8"/>`,
    `<text class="value" x="${width - right + 14}" y="${middle + 4}">${spread.median.toFixed(digits)}</text>`,
  ];
  if (goal !== undefined) shown.push(`<path class="goal" d="M${xOf(goal)} ${y + 1}v${rowHeight - 2}"/>`);
  return shown.join('\n');
}

function axis(most: number, height: number, xOf: (ratio: number) => number): string {
  const ticks = Array.from({ length: Math.round(most * 5) + 1 }, (_, i) => i / 5);
  return ticks
    .map(
      (tick) =>
        `<path class="grid" d="M${xOf(tick)} 36V${height}"/><text class="tick" x="${xOf(tick)}" y="${height + 18}">${tick.toFixed(1)}</text>`,
    )
    .join('\n');
}

function legend(y: number): string {
  return `<rect class="muster" x="${left}" y="${y - 9}" width="16" height="10" rx="2"/><text class="note" x="${left + 22}" y="${y}">Muster</text>
<rect class="other" x="${left + 84}" y="${y - 9}" width="16" height="10" rx="2"/><text class="note" x="${left + 106}" y="${y}">others</text>
<path class="spread" d="M${left + 164} ${y - 4}h20m-20 -4v8m20 -8v8"/><text class="note" x="${left + 190}" y="${y}">least to greatest</text>
<path class="goal" d="M${left + 312} ${y - 12}v16"/><text class="note" x="${left + 320}" y="${y}">goal</text>`;
}

const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .label { text-anchor: end } .tick { text-anchor: middle; font-size: 11px } .note { font-size: 12px }
.page { fill: #ffffff } .grid { stroke: #d1d9e0 } .muster { fill: #2f81f7 } .other { fill: #9aa4ae }
.spread { stroke: #1f2328; stroke-width: 1.5; fill: none } .goal { stroke: #cf222e; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .page { fill: #0d1117 } .grid { stroke: #30363d } .other { fill: #6e7681 }
  .spread { stroke: #e6edf3 } .goal { stroke: #ff7b72 }
}
</style>`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
