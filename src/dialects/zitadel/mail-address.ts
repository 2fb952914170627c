const atom = '[^\\s@<>()\\[\\],;:\\\\".]+';
const local = new RegExp(`^(?:${atom}(?:\\.${atom})*|"(?:[^"\\\\]|\\\\.)*")$`, 'u');
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Whether the vendor's body validation takes a text for a mail address: an address alone or in the form `Mini
 * <mini@mouse.com>` (which a later check refuses by another error), with an ASCII host name.
 */
export function isMailAddress(text: string): boolean {
  const address = addressIn(text);
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1).replace(/\.$/, '');
  return (
    at > 0 &&
    at <= 64 &&
    address.length <= 254 &&
    local.test(address.slice(0, at)) &&
    host.split('.').every((part) => label.test(part))
  );
}

/** Whether a mail address comes with a display name or in angle brackets. */
export function hasDisplayName(text: string): boolean {
  return /<[^<>]*>\s*$/.test(text);
}

function addressIn(text: string): string {
  const angled = /^[^<>]*<([^<>]*)>\s*$/.exec(text);
  return (angled?.[1] ?? text).trim();
}
