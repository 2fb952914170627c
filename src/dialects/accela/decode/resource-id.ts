const escapes: Readonly<Record<string, string>> = {
  '.0': '.',
  '.1': '-',
  '.2': '%',
  '.3': '/',
  '.4': '\\',
  '.5': ':',
  '.6': '*',
  '.7': '"',
  '.8': '<',
  '.9': '>',
  '.a': '|',
  '.b': '?',
  '.c': ' ',
  '.d': '&',
  '.e': '#',
};

/**
 * What a value in a path may mean, likeliest first: as it stands, then with the vendor's escapes undone (`john.0doe` is
 * `john.doe`). Clients escape values in queries too, where the vendor does not ask for it.
 */
export function readingsOf(value: string): readonly string[] {
  const unescaped = value.replace(/\.[0-9a-e]/g, (sequence) => escapes[sequence] ?? sequence);
  return unescaped === value ? [value] : [value, unescaped];
}
