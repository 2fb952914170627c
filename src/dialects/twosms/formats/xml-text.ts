const impossible = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
// XML reads a bare carriage return as a line feed.
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

/** The text as far as XML 1.0 can hold it: anything else becomes U+FFFD. */
export function xmlSafe(text: string): string {
  return text.replace(impossible, '\uFFFD');
}

/** Visible ASCII without the characters that are escaped: most texts. */
const plain = /^[ -%'-;=?-~]*$/;

/** Text as it is written between two tags. */
export function escapeXml(text: string): string {
  if (plain.test(text)) return text;
  return xmlSafe(text).replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}
