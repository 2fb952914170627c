/** Longer texts are worked out anew each time, so that nobody fills the memory with them. */
const maxLength = 256;

/** The same function of a text, which remembers its last results; the oldest is forgotten first. */
export function remembering<Result>(work: (text: string) => Result, limit = 1000): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined || text.length > maxLength) return known ?? work(text);
    const result = work(text);
    if (results.size >= limit) results.delete(results.keys().next().value ?? '');
    results.set(text, result);
    return result;
  };
}
