import type { PhoneInput } from '#core/commands/user-input.ts';
import { type DirectoryError, invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { parseNationalPhone, parsePhone } from '#core/phone.ts';
import type { MobilePhone } from '#dialects/accela/encode.ts';
import { isShown, type Sent, sentText } from './members.ts';

const defaultCode = '1';

/**
 * The phone that a body asks for: undefined keeps the present one, null clears it.
 *
 * A number is read under the country code sent with it, else under the one shown, else under 1. A code sent alone reads
 * the present number again under it; a code cleared alone does so under 1, and then the number must be a valid one
 * there.
 */
export function decodeMobilePhone(body: JsonObject, shown: MobilePhone, region: string): Sent<PhoneInput> {
  const number = sentNumber(body);
  const code = sentText(body, 'mobilePhoneCountryCode');
  const sameCode = isShown(code, shown.mobilePhoneCountryCode);
  const sameNumber = isShown(number, shown.mobilePhone);
  if (sameNumber && sameCode) return undefined;
  const entered = sameNumber ? shown.mobilePhone : number;
  if (entered === undefined || entered === null) {
    if (typeof code === 'string' && !sameCode)
      throw invalidCode('mobilePhoneCountryCode needs a mobilePhone beside it.');
    return null;
  }
  const callingCode = code === undefined ? (shown.mobilePhoneCountryCode ?? defaultCode) : digitsOfCode(code);
  const phone = readPhone(entered, callingCode, region);
  if (number === undefined && phone?.number === undefined) {
    throw invalidCode(`The present mobilePhone is no valid number of the country code ${callingCode}.`);
  }
  if (phone === undefined) throw invalidNumber(callingCode);
  return phone;
}

/** `cellPhone` is what the vendor's sample, and registration, call `mobilePhone`; sent both, they must agree. */
function sentNumber(body: JsonObject): Sent<string> {
  const mobilePhone = sentText(body, 'mobilePhone');
  const cellPhone = sentText(body, 'cellPhone');
  if (mobilePhone === undefined) return cellPhone;
  if (cellPhone === undefined || mobilePhone === cellPhone) return mobilePhone;
  if (mobilePhone && cellPhone && digitsOf(mobilePhone) === digitsOf(cellPhone)) return mobilePhone;
  throw invalidField('cellPhone', 'cellPhone and mobilePhone are the same member: they must not differ.');
}

/**
 * A number under a country code. Ten digits under 1 are taken even where no such number is given out; they are then
 * kept as digits. The text as typed is kept where it means the same number by itself, for APIs that show only that.
 */
function readPhone(entered: string, callingCode: string, region: string): PhoneInput | undefined {
  const digits = digitsOf(entered);
  if (!/^\d{1,20}$/.test(digits) || (callingCode === defaultCode && digits.length !== 10)) return undefined;
  const alone = parsePhone(entered, region)?.number;
  // What has no prefix of its country before it is read but once.
  const number = alone === `+${callingCode}${digits}` ? alone : parseNationalPhone(digits, callingCode)?.number;
  if (number !== undefined) return { number, entered: alone === number ? entered : number, sameBy: 'number' };
  return callingCode === defaultCode ? { entered: digits, sameBy: 'entered' } : undefined;
}

/** Without spaces, hyphens, brackets, dots and slashes; whatever else is in it stays, to be refused. */
function digitsOf(text: string): string {
  return text.replace(/[\p{Z}\p{Pd}\p{Ps}\p{Pe}\s./]/gu, '');
}

function digitsOfCode(code: string | null): string {
  if (code === null) return defaultCode;
  const digits = digitsOf(code).replace(/^\+/, '');
  if (/^[1-9]\d{0,2}$/.test(digits)) return digits;
  throw invalidCode('mobilePhoneCountryCode must be a country calling code, such as 1 or 41.');
}

function invalidCode(message: string): DirectoryError {
  return invalidField('mobilePhoneCountryCode', message);
}

function invalidNumber(callingCode: string): DirectoryError {
  const right = callingCode === defaultCode ? 'have exactly 10 digits' : 'be a valid number';
  return invalidField('mobilePhone', `mobilePhone must ${right} for the country code ${callingCode}.`);
}
