import { type MemberName, members, type SentUser } from '#dialects/twosms/model.ts';
import { unreadableBody } from '#dialects/twosms/model-state.ts';
import { parseForm } from '#transport/form.ts';

const names = new Map<string, MemberName>(members.map(({ name }) => [name.toLowerCase(), name]));

/** Reads a form: keys in any case, the last of several wins, unknown ones are ignored, an empty value is null. */
export function readForm(text: string): SentUser {
  const form = parseForm(text);
  if (form === undefined) throw unreadableBody('The body is not valid UTF-8.');
  return new Map(
    [...form].flatMap(([key, value]) => {
      const name = names.get(key.toLowerCase());
      return name === undefined ? [] : [[name, value === '' ? null : value] as const];
    }),
  );
}
