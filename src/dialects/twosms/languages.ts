import { lazily } from '#core/lazily.ts';
import { remembering } from '#core/memo.ts';
import { uuidV5 } from './guid.ts';

/** The namespace of every LanguageID. It never changes: clients keep these guids. */
const namespace = '62754afc-eecf-48f5-8c48-41f8ba22072d';

const tags = `
  af am ar ar-AE ar-EG ar-SA az be bg bn bs ca cs cy da de de-AT de-CH de-DE de-LI de-LU el en en-AU en-CA en-GB
  en-IE en-IN en-NZ en-SG en-US en-ZA es es-419 es-AR es-CL es-CO es-ES es-MX es-PE es-US et eu fa fi fil fr
  fr-BE fr-CA fr-CH fr-FR fr-LU ga gl gu ha he hi hr hu hy id ig is it it-CH it-IT ja ka kk km kn ko ky lb lo lt
  lv mi mk ml mn mr ms mt my nb ne nl nl-BE nl-NL nn no pa pl ps pt pt-BR pt-PT rm ro ru rw si sk sl so sq sr
  sr-Latn sv sv-FI sw ta te tg th tk tr uk ur uz vi xh yo zh zh-CN zh-HK zh-Hans zh-Hant zh-TW zu
`;

/** The guid of a language on this wire: version 5, of its canonical BCP 47 tag. */
export const languageIdOf = remembering((tag) => uuidV5(namespace, tag));

/** The languages that any user may be given. `name` is for people, in English. */
export const languages = lazily(() => {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  const known = tags.trim().split(/\s+/);
  return known.map((tag) => ({ tag, id: languageIdOf(tag), name: names.of(tag) ?? tag }));
});

const tagsById = lazily(() => new Map(languages().map(({ id, tag }) => [id, tag])));

/** The tag of a LanguageID: one of the list, or the realm's default, which users may show; undefined for another. */
export function languageOf(id: string, realmLanguage: string): string | undefined {
  return tagsById().get(id) ?? (languageIdOf(realmLanguage) === id ? realmLanguage : undefined);
}
