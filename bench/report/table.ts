import Table from 'cli-table3';

/** Rows of text below a head. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function terminalTable({ head, rows }: Rows): string {
  const colAligns = head.map((_, i) => (isFigures(rows, i) ? 'right' : 'left'));
  const table = new Table({ head: [...head], style: { head: [], border: [] }, colAligns });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

export function markdownTable({ head, rows }: Rows): string {
  const lined = [head, head.map((_, i) => (isFigures(rows, i) ? '---:' : '---')), ...rows];
  return lined.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** Whether a column is best read from its right end. */
function isFigures(rows: Rows['rows'], column: number): boolean {
  return rows.every((row) => /^([≤≥\d]|$)/.test(row[column] ?? ''));
}
