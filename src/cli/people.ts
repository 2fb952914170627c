import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { RealmKey } from '#core/realm.ts';

/** What people are called in one language. */
interface Names {
  readonly language: string;
  readonly timeZone: string;
  /** The country code of its phone numbers, and how mobile numbers go on. */
  readonly mobile: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
}

const words = (text: string): string[] => text.split(' ');

const places: readonly Names[] = [
  {
    language: 'en',
    timeZone: 'America/Chicago',
    mobile: '+1312555',
    given: words('Olivia Liam Emma Noah Ava James Sophia Lucas Mia Henry Grace Ethan Hazel Owen Nora Caleb'),
    family: words('Smith Johnson Brown Miller Davis Wilson Moore Clark Lewis Walker Hall Young King Wright Hill Scott'),
  },
  {
    language: 'de',
    timeZone: 'Europe/Zurich',
    mobile: '+4179555',
    given: words('Anna Lukas Lea Jonas Lena Felix Mara Noé Jana Urs Sophie Beat Käthi Jürg Nina Björn'),
    family: words(
      'Müller Meier Schmid Keller Weber Huber Schneider Frei Baumann Gerber Graf Roth Lüthi Zürcher Moser Wyss',
    ),
  },
  {
    language: 'fr',
    timeZone: 'Europe/Paris',
    mobile: '+3369855',
    given: words('Chloé Louis Léa Hugo Inès Jules Zoé Théo Manon Raphaël Élise Gaël Camille Rémi Aurélie Noël'),
    family: words(
      'Martin Bernard Dubois Robert Petit Leroy Moreau Girard Roux Fournier Mercier Lefèvre Garçon Chevalier Renard Béranger',
    ),
  },
  {
    language: 'es',
    timeZone: 'Europe/Madrid',
    mobile: '+3461255',
    given: words('Lucía Mateo Sofía Pablo María Diego Inés Álvaro Carmen Javier Elena Íñigo Paula Andrés Nuria Óscar'),
    family: words(
      'García López Martínez Sánchez Pérez Gómez Ruiz Díaz Moreno Álvarez Romero Núñez Torres Vázquez Ramos Ibáñez',
    ),
  },
  {
    language: 'ja',
    timeZone: 'Asia/Tokyo',
    mobile: '+8190555',
    given: words('陽菜 蓮 葵 湊 凛 樹 結菜 大翔 さくら 悠真 美咲 颯太 七海 翔 花 健'),
    family: words('佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上'),
  },
];

const colours = ['dark', 'light', 'system'] as const;

/**
 * The n-th of the plausible people that a store is filled with, counted from 1: the same each time. Most have a mail
 * address, two in three a phone, a few are locked or disabled. Nobody has a password.
 */
export function personOf(n: number, realm: RealmKey): CreateUserInput {
  const dice = mix(n);
  const { language, timeZone, mobile, given, family } = pick(places, dice);
  const [first, last] = [pick(given, dice >>> 3), pick(family, dice >>> 8)];
  const number = mobile + String(n % 10_000).padStart(4, '0');
  return {
    realm,
    kind: 'human',
    patch: {
      username: `user-${n}`,
      'profile.givenName': first,
      'profile.familyName': last,
      'profile.displayName': `${first} ${last}`,
      'profile.language': language,
      'profile.timeZone': timeZone,
      ...(dice % 7 === 0 ? {} : { data: { theme: pick(colours, dice >>> 13), visits: dice % 500 } }),
      ...(dice % 5 === 0 ? {} : { acceptsTextMessages: dice % 2 === 0 }),
    },
    ...(dice % 20 === 0 ? {} : { email: { address: `user-${n}@people.example`, verified: dice % 4 !== 0 } }),
    ...(dice % 3 === 0 ? {} : { phone: { number, entered: number, sameBy: 'number' as const } }),
    ...(dice % 97 === 0 ? { state: { locked: true } } : dice % 89 === 0 ? { state: { disabled: true } } : {}),
  };
}

function pick<Item>(items: readonly Item[], dice: number): Item {
  return items[dice % items.length] as Item;
}

/** Scatters neighbouring numbers (the finalizer of MurmurHash3). */
function mix(n: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
