/** What cannot be measured on this machine; the message is the reason, and what would mend it. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

/** Something by its name, and why it is not measured. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** What `start` comes to, or undefined where it is not available: then the reason is added to `missing`. */
export async function ifAvailable<Started>(
  name: string,
  missing: Missing[],
  start: () => Promise<Started>,
): Promise<Started | undefined> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    process.stderr.write(`${name} is not available: ${error.message}\n`);
    if (!missing.some((one) => one.name === name)) missing.push({ name, reason: error.message });
    return undefined;
  }
}
