import { type Instant, instantOf, later } from '#core/instant.ts';
import { misuse } from './exits.ts';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * What people say of a moment to come: `30d`, `12h`, `45m` from now, a date (its start in UTC), or a whole moment.
 * @throws CliError for anything else
 */
export function momentOf(text: string, now: Instant): Instant {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return later(now, Number(count) * (unitMs[unit] ?? 0));
  const written = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const ms = written ? Date.parse(text) : Number.NaN;
  // Not the 30th of February, which would be read as another day.
  if (!Number.isNaN(ms) && isDay(text.slice(0, 10))) return instantOf(ms);
  throw misuse(`${text} is no moment; such as 30d, 12h, 45m, 2030-01-31 or 2030-01-31T12:00:00Z is one.`);
}

function isDay(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && instantOf(ms).startsWith(text);
}
