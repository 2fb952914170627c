import { hash } from 'node:crypto';

const hex = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const canonical = new RegExp(`^${hex}$`);
const guid = new RegExp(`^(?:${hex}|\\{${hex}\\}|\\(${hex}\\)|[0-9a-f]{32})$`, 'i');

/** A guid in .NET's forms D, N, B and P, in any case. Answers form D in lower case; undefined for anything else. */
export function parseGuid(text: string): string | undefined {
  if (canonical.test(text)) return text;
  const trimmed = text.trim();
  return guid.test(trimmed) ? formatGuid(trimmed.replace(/[^0-9a-f]/gi, '').toLowerCase()) : undefined;
}

/** The UUID of version 5 (RFC 9562) of a name in a namespace. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]);
  const digest = hash('sha1', bytes, 'buffer').subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatGuid(digest.toString('hex'));
}

function formatGuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
