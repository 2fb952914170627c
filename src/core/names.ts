import { invalidField } from './errors.ts';

/** The number of the algorithm below, stored beside each key so that it can be replaced without guessing. */
export const nameAlgorithm = 1;

/**
 * What two names are compared by: equal keys are one name, in any case and any Unicode form. Stores compare keys as
 * bytes.
 */
export function nameKey(name: string): string {
  // Of ASCII nothing folds but the case.
  if (printableAscii.test(name)) return name.toLowerCase();
  const key = foldOnce(name);
  // Some combining marks only come to rest when they are folded again; the key of a key must be the key.
  const again = foldOnce(key);
  return again === key ? key : nameKey(again);
}

function foldOnce(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/** What nearly all names and texts are, and to which none of the rules for others applies. */
const printableAscii = /^[ -~]*$/;

const maxNameLength = 200;
const bidiControls = '\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069';
const forbiddenInText = new RegExp(`[\\p{Cc}\\p{Cs}${bidiControls}]`, 'u');
// U+2800 is a letter of braille that shows nothing.
const forbiddenInNames = /[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A name by which somebody signs in: NFC, 1 to 200 characters, nothing invisible. */
export function normaliseName(field: string, value: unknown): string {
  const name = normaliseText(field, value, maxNameLength);
  if (name.trim() === '') throw invalidField(field, `${field} must not be empty.`, 'field_required');
  if (forbiddenInNames.test(name)) {
    throw invalidField(field, `${field} must not contain control, invisible or direction-changing characters.`);
  }
  return name;
}

/** Free text that people read, such as a given name: NFC, no control characters, at most `maxLength` characters. */
export function normaliseText(field: string, value: unknown, maxLength = 200): string {
  if (typeof value !== 'string') throw invalidField(field, `${field} must be a string.`);
  if (value.length <= maxLength && printableAscii.test(value)) return value;
  if (forbiddenInText.test(value)) {
    throw invalidField(field, `${field} must not contain control characters, lone surrogates or bidi controls.`);
  }
  const text = value.normalize('NFC');
  if (text.length > maxLength && [...text].length > maxLength) {
    throw invalidField(field, `${field} must have at most ${maxLength} characters.`, 'field_too_long');
  }
  return text;
}
