const maxLength = 300;

/** Why a delivery has failed, on one line, for people: without the code, should the other side have repeated it. */
export function reasonOf(error: unknown, code: string): string {
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  // fetch tells what went wrong in the cause of its error.
  const said = cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message;
  const safe = code === '' ? said : said.replaceAll(code, '******');
  return safe
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed();
}
