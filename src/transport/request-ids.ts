/**
 * Gives out short ids, each once in this process: the start, which tells processes apart, and a number.
 * @param start random bytes, six are enough
 */
export function requestIds(start: Uint8Array): () => string {
  const prefix = Buffer.from(start).toString('base64url').replace(/[-_]/g, '0');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
