/**
 * Reads a form (application/x-www-form-urlencoded) in its order, repeated names included. Undefined when what is
 * written with percent signs is no UTF-8: URLSearchParams would put U+FFFD in its place.
 */
export function parseForm(text: string): URLSearchParams | undefined {
  try {
    for (const [escaped] of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
  return new URLSearchParams(text);
}
