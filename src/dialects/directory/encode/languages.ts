import type { Json } from '#core/json.ts';
import type { Dialect } from '#dialects/dialect.ts';

/** Every language that some dialect names by an id of its own, with these ids. */
export function encodeLanguages(dialects: readonly Dialect[]): Json[] {
  const byTag = new Map<string, { tag: string; name: string; ids: Record<string, string> }>();
  for (const { name: dialect, languages } of dialects) {
    for (const { tag, name, id } of languages?.() ?? []) {
      const language = byTag.get(tag) ?? { tag, name, ids: {} };
      language.ids[dialect] = id;
      byTag.set(tag, language);
    }
  }
  return [...byTag.values()].sort((a, b) => (a.tag < b.tag ? -1 : 1));
}
