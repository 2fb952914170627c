import { type DirectoryError, invalidField } from '#core/errors.ts';
import type { ErrorId } from '#dialects/zitadel/error-ids.ts';
import { refusal } from '#dialects/zitadel/errors.ts';
import type { Violation } from '#dialects/zitadel/pgv.ts';

/** Something wrong with one member of a body; the first is what the caller is told. */
export interface Fault {
  /** The member in the JSON body: `email.email`. */
  readonly path: string;
  readonly error: DirectoryError;
}

/** What decoding comes to: the command's input, and what is wrong with the body, in the vendor's order of checks. */
export interface Decoded<Input> {
  readonly input: Input;
  readonly faults: readonly Fault[];
}

export function faultOf({ path, text }: Violation): Fault {
  return { path, error: invalidField(path, text) };
}

export function refusedBy(id: ErrorId, path: string): Fault {
  return { path, error: refusal(id, path) };
}
