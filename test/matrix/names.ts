/** A username as it is sent, as it is kept, and what it is compared by: two with the same `key` are one name. */
export interface Name {
  readonly sent: string;
  readonly kept: string;
  readonly key: string;
}

const spellings: readonly (readonly [key: string, ...sent: string[]])[] = [
  ['minnie', 'minnie', 'Minnie', 'MINNIE', '\uff2d\uff49nnie'],
  ['goofy', 'goofy'],
  ['strasse', 'stra\u00dfe', 'STRASSE', 'strasse'],
  ['zo\u00eb', 'Zo\u00eb', 'Zoe\u0308', 'ZO\u00cb'],
  ['d.duck@pond', 'd.duck@pond'],
];

/** Names that nobody else has: each key in several spellings, with this ending. */
export function namesEnding(ending: string): Name[] {
  return spellings.flatMap(([key, ...sent]) =>
    sent.map((spelling) => {
      const name = `${spelling}-${ending}`;
      return { sent: name, kept: name.replaceAll('e\u0308', '\u00eb'), key: `${key}-${ending}` };
    }),
  );
}
