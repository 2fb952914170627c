import { type Results, sectionsOf } from './sections.ts';
import { terminalTable } from './table.ts';

/** What a run has come to, for a terminal. */
export function terminalText(results: Results): string {
  return sectionsOf(results)
    .map((section) => `${section.title}\n${section.says.join('\n')}\n${terminalTable(section)}\n`)
    .join('\n');
}
