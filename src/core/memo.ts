import { LRUCache } from 'lru-cache';

/** Longer texts are worked out anew each time, so that nobody fills the memory with them. */
const maxLength = 256;

/** The same function of a text, which remembers the results that were asked for last. */
export function remembering<Result extends {}>(work: (text: string) => Result, limit = 1000): (text: string) => Result {
  const results = new LRUCache<string, Result>({ max: limit });
  return (text) => {
    const known = results.get(text);
    if (known !== undefined || text.length > maxLength) return known ?? work(text);
    const result = work(text);
    results.set(text, result);
    return result;
  };
}
