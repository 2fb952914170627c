import { type Results, sectionsOf } from './sections.ts';
import { markdownTable, terminalTable } from './table.ts';

const preface = `# Benchmarks

What \`npm run bench -- --write\` has measured: everything in one run on one machine, contenders taking turns. Ratios
travel, rates do not: compare a rate with those beside it and with no other run's. This page and its chart are written by
the run.

![Ratios of updates per second, with their spread](benchmarks.svg)
`;

/** The page of a run. */
export function documentOf(results: Results): string {
  const parts = sectionsOf(results).map((section) => {
    const [first = '', ...list] = section.says;
    const says = [first, list.map((line) => `- ${line}`).join('\n')].filter(Boolean).join('\n\n');
    return `## ${section.title}\n\n${says}\n\n${markdownTable(section)}\n`;
  });
  return [preface, ...parts].join('\n');
}

/** The same for a terminal. */
export function terminalText(results: Results): string {
  return sectionsOf(results)
    .map((section) => `${section.title}\n${section.says.join('\n')}\n${terminalTable(section)}\n`)
    .join('\n');
}
