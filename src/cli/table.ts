import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { lazyModule } from '#core/lazily.ts';

/** Of a package that exports nothing but its class. */
const tableClass = lazyModule<typeof import('cli-table3')>('cli-table3');

/** Where a table goes: a terminal is for people, anything else for programs that read lines. */
export interface Paper {
  readonly isTTY?: boolean;
}

type Cell = Json | undefined;

/** Rows under their heads: with lines around them on a terminal, else one line each with tabs between. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[], { isTTY }: Paper): string {
  const cells = rows.map((row) => row.map(textOf));
  if (!isTTY) return [heads, ...cells].map((row) => `${row.join('\t')}\n`).join('');
  const drawn = new (tableClass())({ head: [...heads], style: { head: [], border: [], compact: true } });
  drawn.push(...cells);
  return `${drawn.toString()}\n`;
}

/** One thing, a line for each of its members: those of objects by their path, as `profile.givenName`. */
export function card(thing: JsonObject, paper: Paper): string {
  const rows = leavesOf(thing).map(([path, value]) => [path, textOf(value)] as const);
  if (!paper.isTTY) return rows.map(([path, text]) => `${path}\t${text}\n`).join('');
  const drawn = new (tableClass())({ style: { head: [], border: [], compact: true } });
  drawn.push(...rows.map(([path, text]) => [textOf(path), text]));
  return `${drawn.toString()}\n`;
}

function leavesOf(thing: JsonObject, prefix = ''): [string, Json][] {
  return Object.entries(thing).flatMap(([name, value]): [string, Json][] => {
    const path = prefix + name;
    if (name === 'data' && prefix === '') return [[path, value]];
    return isJsonObject(value) ? leavesOf(value, `${path}.`) : [[path, value]];
  });
}

/** Control characters, those that turn the direction of text among them, could make a terminal show what is not so. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value in a cell, on one line and harmless to a terminal. */
export function textOf(value: Cell): string {
  if (value === undefined || value === null) return '';
  const list = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const text = typeof value === 'object' && !list ? JSON.stringify(value) : list ? value.join(', ') : String(value);
  return text.replace(unprintable, '\u{fffd}');
}
