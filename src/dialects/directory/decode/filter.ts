import { invalidField } from '#core/errors.ts';
import type { Filter } from '#core/filter.ts';

type Read = (text: string) => Filter;

/** What users can be looked for by, in the query. */
const filters: Readonly<Record<string, Read>> = {
  name: (name) => ({ op: 'name', name }),
  kind: (kind) => {
    if (kind === 'human' || kind === 'machine') return { op: 'kind', kind };
    throw invalidField('kind', 'kind must be human or machine.');
  },
};

const others = ['limit', 'offset'];

/** The search that a query asks for. A misspelt member is refused: it would find everybody. */
export function decodeFilter(query: Readonly<Record<string, unknown>>): Filter {
  const conditions = Object.entries(query).flatMap(([name, text]): Filter[] => {
    if (others.includes(name)) return [];
    const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (read === undefined) {
      throw invalidField(name, `Users cannot be looked for by ${name}, but by ${Object.keys(filters).join(', ')}.`);
    }
    if (typeof text !== 'string') throw invalidField(name, `${name} must be given once.`);
    return [read(text)];
  });
  return { op: 'and', filters: conditions };
}
