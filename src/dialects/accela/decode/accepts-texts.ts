import { invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { isShown, type Sent, sentText } from './members.ts';

/** `receiveSMS`: Y or N; null means that nothing is known. */
export function decodeAcceptsTexts(body: JsonObject, shown: string | undefined): Sent<boolean> {
  const receiveSMS = sentText(body, 'receiveSMS');
  if (receiveSMS === undefined || isShown(receiveSMS, shown)) return undefined;
  if (receiveSMS === null) return null;
  if (receiveSMS === 'Y' || receiveSMS === 'N') return receiveSMS === 'Y';
  throw invalidField('receiveSMS', 'receiveSMS must be Y or N.');
}
