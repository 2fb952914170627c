import { DirectoryError } from '#core/errors.ts';

/** A unit holds what cannot be stored; nothing of its batch stands. The caller gives the units one by one then. */
export class UnstorableError extends Error {
  override readonly name = 'UnstorableError';
}

/** The store cannot be opened. The message is one line, ready to be shown to whoever starts the server. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}

export function searchTimedOut(cause: unknown): DirectoryError {
  const message = 'The search took too long; ask for fewer users at once, or look for something narrower.';
  return new DirectoryError('deadline_exceeded', message, { reason: 'search_timed_out', cause });
}

export function storeFull(cause: unknown): DirectoryError {
  const message = 'The store is full: nothing was written. Make room on its disk and repeat the call.';
  return new DirectoryError('unavailable', message, { reason: 'store_full', cause });
}

export function storeUnavailable(cause: unknown): DirectoryError {
  const message = 'The store cannot answer at present. Nothing was acknowledged; repeat the call later.';
  return new DirectoryError('unavailable', message, { reason: 'store_unavailable', cause });
}
