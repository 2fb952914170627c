import type { ShownUser } from '#dialects/twosms/model.ts';

/** The vendor's envelope, before it is written. */
export interface ResponseOfUser {
  readonly error: { readonly code: string; readonly reason: string } | null;
  /** The caller's guid. */
  readonly userId: string | null;
  readonly result: 'Success' | 'Failure';
  readonly detail: ShownUser | null;
}
