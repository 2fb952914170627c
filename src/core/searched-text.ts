import type { Fields } from './patch.ts';

/** Texts of a user that are looked for piece by piece. */
export type TextPath =
  | 'username'
  | `loginNames.${string}`
  | 'profile.givenName'
  | 'profile.familyName'
  | 'profile.nickName'
  | 'profile.displayName'
  | 'email.address'
  | 'phone.number'
  | 'phone.entered';

const paths: ReadonlySet<string> = new Set<TextPath>([
  'username',
  'profile.givenName',
  'profile.familyName',
  'profile.nickName',
  'profile.displayName',
  'email.address',
  'phone.number',
  'phone.entered',
]);

export function isTextPath(path: string): path is TextPath {
  return paths.has(path) || path.startsWith('loginNames.');
}

/** The texts by which a user is found; a deleted one by none. */
export function searchedTexts(fields: Fields): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  if (fields.lifecycle === 'deleted') return texts;
  for (const path in fields) {
    const text = isTextPath(path) ? fields[path] : undefined;
    if (text !== undefined) texts[path] = text;
  }
  return texts;
}

export function foldedTexts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const folded: Record<string, string> = {};
  for (const path in texts) folded[path] = foldText(texts[path] ?? '');
  return folded;
}

/**
 * What texts are compared by when case is ignored: each character by itself lower, upper, lower, in no language. So a
 * piece of a text folds to a piece of the folded text, which the whole-text mappings of a name's key do not promise.
 */
export function foldText(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
}

const ascii = /^[\0-\x7f]*$/;

function foldCharacter(character: string): string {
  return Array.from(character.toLowerCase().toUpperCase(), (upper) => upper.toLowerCase()).join('');
}

/** Whether a text can be part of any that is kept: stores hold no NUL and no lone surrogates. */
export function isFindable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Every three characters that follow each other in a text, each once. A text that holds another holds all of its. */
export function trigramsOf(text: string): string[] {
  const characters = Array.from(text);
  const trigrams = new Set<string>();
  for (let at = 2; at < characters.length; at++) trigrams.add(characters.slice(at - 2, at + 1).join(''));
  return [...trigrams];
}
