import type { ShownUser } from '#dialects/twosms/model.ts';

/** What stands around Detail in an answer. */
export interface Envelope {
  /** What Detail is; in XML the answer is ResponseOf and this. */
  readonly of: 'User' | 'ListOfUser';
  readonly error: { readonly code: string; readonly reason: string } | null;
  /** The caller's guid. */
  readonly userId: string | null;
  readonly result: 'Success' | 'Failure';
}

/** The vendor's envelope around one user or none, before it is written. */
export interface Response extends Envelope {
  readonly detail: ShownUser | null;
}

/** How a list is written: users, with something between them, between a beginning and an end. */
export interface ListFrame {
  readonly begin: string;
  readonly user: (user: ShownUser) => string;
  readonly between: string;
  readonly end: string;
}
