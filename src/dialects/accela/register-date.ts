import { invalidField } from '#core/errors.ts';
import { epochMsOf, type Instant, instantOf, isInstant } from '#core/instant.ts';

const form = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** The wire's dateTime, `2015-02-09 16:23:58`: local time of the agency, to the second, without offset. */
export function formatRegisterDate(at: Instant, timeZone: string): string {
  const local = Temporal.Instant.from(at).toString({ timeZone, smallestUnit: 'second' });
  return local.slice(0, '2015-02-09T16:23:58'.length).replace('T', ' ');
}

/**
 * Reads a dateTime: the form above, the same with a T, a date alone (its midnight), or ISO 8601 with an offset. A local
 * time that a clock change skips is read as the clock shows it afterwards; one that occurs twice is the first of the
 * two.
 */
export function parseRegisterDate(value: unknown, timeZone: string): Instant {
  const [, date, time = '00:00', offset] = (typeof value === 'string' && form.exec(value)) || [];
  const at = date === undefined ? undefined : readInstant(`${date}T${time}`, offset, timeZone);
  if (at !== undefined && isInstant(at)) return at;
  throw invalidField('registerDate', 'registerDate must be a time of the agency, such as 2015-02-09 16:23:58.');
}

function readInstant(local: string, offset: string | undefined, timeZone: string): Instant | undefined {
  try {
    const moment =
      offset === undefined
        ? Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).toInstant()
        : Temporal.Instant.from(local + offset);
    return instantOf(moment.epochMilliseconds);
  } catch {
    // No such day or hour, or a moment that no clock of ours can hold.
    return undefined;
  }
}

/** Whether two moments look the same on this wire, which does not show what is below the second. */
export function sameSecond(a: Instant, b: Instant): boolean {
  return Math.floor(epochMsOf(a) / 1000) === Math.floor(epochMsOf(b) / 1000);
}
