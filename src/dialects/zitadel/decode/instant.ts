import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { invalidField } from '#core/errors.ts';
import { type Instant, instantOf } from '#core/instant.ts';

/** The last moment that a Timestamp may name: the end of the year 9999. */
const lastSecond = 253_402_300_799n;

/** A moment to the millisecond. Throws `invalid_argument` for one that is no Timestamp, as a binary message may hold. */
export function decodeInstant({ seconds, nanos }: Timestamp, member: string): Instant {
  if (seconds >= 0n && seconds <= lastSecond && nanos >= 0 && nanos < 1e9) {
    return instantOf(Number(seconds) * 1000 + Math.floor(nanos / 1e6));
  }
  throw invalidField(member, `${member} must be a moment between the years 1970 and 9999.`);
}
