import type { CountryCode, E164Number, PhoneNumber } from 'libphonenumber-js/max';
import { invalidField } from './errors.ts';
import { lazyModule } from './lazily.ts';
import { remembering } from './memo.ts';
import { normaliseText } from './names.ts';

const library = lazyModule<typeof import('libphonenumber-js/max')>('libphonenumber-js/max');

/** The canonical form of a phone number. */
export interface Phone {
  /** E.164, `+41791234567`, where the number is a valid one. */
  readonly number?: string;
  /** As somebody typed it. */
  readonly entered: string;
}

/**
 * Reads a number as typed; numbers without a country code are taken as of `region` (ISO 3166, `US`). Answers undefined
 * when it is no valid number of any country.
 */
export function parsePhone(entered: string, region: string): PhoneNumber | undefined {
  return parse(`${region} ${entered}`).number;
}

/** Reads national digits beside a country calling code such as `41`. */
export function parseNationalPhone(digits: string, callingCode: string): PhoneNumber | undefined {
  const { number } = parse(` +${callingCode}${digits}`);
  return number?.countryCallingCode === callingCode ? number : undefined;
}

/**
 * Splits the E.164 form of a valid number into its country calling code and the national digits, as vendors that keep
 * the two apart show it. Undefined where it begins with no such code.
 */
export function splitPhone(number: string): { callingCode: string; national: string } | undefined {
  try {
    const { PhoneNumber } = library();
    const { countryCallingCode: callingCode, nationalNumber: national } = new PhoneNumber(number as E164Number);
    return { callingCode, national };
  } catch {
    return undefined;
  }
}

/** Of a region, a space, and what was typed; the same is often read again at once. */
const parse = remembering((text) => {
  const [region] = text.split(' ', 1);
  const entered = text.slice((region ?? '').length + 1);
  const number = library().parsePhoneNumberFromString(entered, {
    extract: false,
    ...(region ? { defaultCountry: region as CountryCode } : {}),
  });
  return { number: number?.isValid() ? number : undefined };
});

export function normaliseE164(value: unknown): string {
  const number = normaliseText('phone.number', value, 20);
  if (!/^\+[1-9]\d{4,14}$/.test(number)) {
    throw invalidField('phone.number', 'phone.number must be in E.164 form, such as +41791234567.');
  }
  return number;
}

export function normaliseEnteredPhone(value: unknown): string {
  const entered = normaliseText('phone.entered', value, 200);
  if (entered.trim() === '') throw invalidField('phone.entered', 'phone.entered must not be empty.', 'field_required');
  return entered;
}
