import { searchTimedOut, storeFull, storeUnavailable, UnstorableError } from '#store/errors.ts';

/** Why something could not be done, in a form that crosses threads. */
export interface Failure {
  readonly kind: 'full' | 'unavailable' | 'unstorable' | 'too-slow';
  readonly text: string;
  /** SQLite's primary result code. */
  readonly errcode?: number;
}

/** A search has run out of time. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

const sqliteFull = 13;
/** TOOBIG, CONSTRAINT, MISMATCH, RANGE: the data are to blame, not the disk. */
const dataErrors: readonly unknown[] = [18, 19, 20, 25];

/** SQLite's primary result code of an error, or undefined when it did not come from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function failureOf(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof TooSlowError) return { kind: 'too-slow', text };
  const code = sqliteCode(error);
  if (code === undefined) return { kind: 'unstorable', text };
  if (code === sqliteFull) return { kind: 'full', text, errcode: code };
  return { kind: dataErrors.includes(code) ? 'unstorable' : 'unavailable', text, errcode: code };
}

/** Does something with the database; what it fails with is thrown as the caller of the store gets it. */
export function asStoreError<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error);
  }
}

export function storeErrorOf(error: unknown): unknown {
  return sqliteCode(error) === undefined ? error : errorOf(failureOf(error));
}

/** The error that the caller of the store gets. */
export function errorOf({ kind, text, errcode }: Failure): Error {
  if (kind === 'unstorable') return new UnstorableError(text);
  const cause = Object.assign(new Error(text), { errcode });
  if (kind === 'too-slow') return searchTimedOut(cause);
  return kind === 'full' ? storeFull(cause) : storeUnavailable(cause);
}
