/** A moment in UTC with milliseconds, `2026-11-21T10:00:00.000Z`: equal lengths, so text order is time order. */
export type Instant = string;

export function instantOf(epochMs: number): Instant {
  return new Date(epochMs).toISOString();
}

export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

export function later(instant: Instant, byMs: number): Instant {
  return instantOf(epochMsOf(instant) + byMs);
}

/** Whether `value` is an instant in exactly our form. */
export function isInstant(value: unknown): value is Instant {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) &&
    !Number.isNaN(epochMsOf(value)) &&
    // Not the 30th of February, which would be read as another day.
    instantOf(epochMsOf(value)) === value
  );
}
