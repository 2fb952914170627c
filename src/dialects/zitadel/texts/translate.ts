import Negotiator from 'negotiator';
import { de } from './de.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import type { Text, Texts } from './texts.ts';

const languages = new Map<string, Texts>(Object.entries({ de, es, fr, it }));
const available = ['en', ...languages.keys()];

/**
 * A text in the language that an Accept-Language header prefers, ranges such as de-CH and weights included; in English
 * where there is no header, or none of its languages.
 */
export function translate(text: Text, acceptLanguage: string | undefined): string {
  if (acceptLanguage === undefined) return text;
  const preferred = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).language(available);
  return languages.get(preferred ?? '')?.[text] ?? text;
}
