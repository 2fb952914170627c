import { invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';

/** What a body says of one member: nothing (keep), null (clear), or a value. */
export type Sent<T> = T | null | undefined;

/** A member that is a string or null; anything else is refused. */
export function sentText(body: JsonObject, member: string): Sent<string> {
  const value = body[member];
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw invalidField(member, `${member} must be a string.`);
}

/**
 * Whether a member says what the user's profile shows. Left out or empty are alike: to send null or an empty text for
 * what has no value is to say nothing.
 */
export function isShown(sent: Sent<string>, shown: string | undefined): boolean {
  if (sent === undefined) return true;
  return (sent === null ? '' : sent) === (shown ?? '');
}
