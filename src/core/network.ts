/**
 * From whom an address comes, to be counted as one: an IPv4 address itself; of IPv6 its network of 64 bits, since whoever
 * has one address there has all of them.
 */
export function networkOf(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (ipv4 !== undefined || !address.includes(':')) return ipv4 ?? address;
  const [before = '', behind] = address.split('::');
  const [first, last] = [groupsOf(before), groupsOf(behind ?? '')];
  const left = behind === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, left)).fill('0'), ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
