import { type MemberName, members, type SentUser } from '#dialects/twosms/model.ts';
import { unreadableBody } from '#dialects/twosms/model-state.ts';

const names = new Map<string, MemberName>(members.map(({ name }) => [name.toLowerCase(), name]));

/** Reads a form: keys in any case, the last of several wins, unknown ones are ignored, an empty value is null. */
export function readForm(text: string): SentUser {
  refuseOtherEncodings(text);
  return new Map(
    [...new URLSearchParams(text)].flatMap(([key, value]) => {
      const name = names.get(key.toLowerCase());
      return name === undefined ? [] : [[name, value === '' ? null : value] as const];
    }),
  );
}

/** What is written with percent signs must be UTF-8 too; URLSearchParams would put U+FFFD in its place. */
function refuseOtherEncodings(text: string): void {
  try {
    for (const [escaped] of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) decodeURIComponent(escaped);
  } catch {
    throw unreadableBody('The body is not valid UTF-8.');
  }
}
