import { type MemberName, members, type SentUser } from '#dialects/twosms/model.ts';

const names = new Map<string, MemberName>(members.map(({ name }) => [name.toLowerCase(), name]));

/** Reads a form: keys in any case, the last of several wins, unknown ones are ignored, an empty value is null. */
export function readForm(text: string): SentUser {
  return new Map(
    [...new URLSearchParams(text)].flatMap(([key, value]) => {
      const name = names.get(key.toLowerCase());
      return name === undefined ? [] : [[name, value === '' ? null : value] as const];
    }),
  );
}
