import { invalidField } from './errors.ts';

/** A BCP 47 tag in its canonical form: `EN-us` becomes `en-US`. */
export function normaliseLanguage(value: unknown, field = 'profile.language'): string {
  if (typeof value === 'string' && value.length <= 35) {
    const known = knownLanguages.get(value) ?? readLanguage(value);
    if (known !== undefined) return known;
  }
  throw invalidField(field, `${field} must be a BCP 47 language tag, such as en or de-CH.`);
}

const knownLanguages = new Map<string, string>();
/** There are more ways to spell tags than anybody uses. */
const maxKnown = 1000;

function readLanguage(value: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(value);
    if (tag !== undefined && knownLanguages.size < maxKnown) knownLanguages.set(value, tag);
    return tag;
  } catch {
    return undefined;
  }
}

const knownZones = new Map<string, string>();

/** An IANA time zone as it is named there: `europe/zurich` becomes `Europe/Zurich`; links such as `UTC` are kept. */
export function normaliseTimeZone(value: unknown, field = 'profile.timeZone'): string {
  if (typeof value === 'string') {
    const known = knownZones.get(value) ?? readTimeZone(value);
    if (known !== undefined) return known;
  }
  throw invalidField(field, `${field} must be an IANA time zone, such as Europe/Zurich.`);
}

function readTimeZone(value: string): string | undefined {
  // An offset such as +01:00 is a zone to Intl and none to IANA.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(value)) return undefined;
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
    const zone = resolved.toLowerCase() === value.toLowerCase() ? resolved : value;
    if (knownZones.size < maxKnown) knownZones.set(value, zone);
    return zone;
  } catch {
    return undefined;
  }
}
