import type { LinkPart } from '#core/commands/user-input.ts';
import type { DirectoryError } from '#core/errors.ts';
import { refusal } from './errors.ts';

const fields = new Map<string | undefined, LinkPart>([
  ['UserID', { insert: 'user' }],
  ['Code', { insert: 'code' }],
  ['OrgID', { insert: 'realm' }],
]);

const comment = /\/\*(?:(?!\*\/)[\s\S])*\*\//;
const field = /\s*\.(?<field>[\p{L}_][\p{L}\p{N}_]*)\s*?/u;
/** An action, with the signs that trim the text around it. */
const action = new RegExp(
  `\\{\\{(?<before>-[ \\t\\r\\n])?(?:${field.source}|${comment.source})(?<after>[ \\t\\r\\n]-)?\\}\\}`,
  'uy',
);

/**
 * Reads a link template in the vendor's language, Go's text/template: texts, `{{.UserID}}`, `{{.Code}}`, `{{.OrgID}}`,
 * comments, and the trim markers `{{-` and `-}}`. Answers its parts, or the vendor's error: DOMAIN-oGh5e for what does
 * not parse, DOMAIN-ieYa7 for a field that does not exist.
 */
export function parseLinkTemplate(template: string): readonly LinkPart[] | DirectoryError {
  const parts: LinkPart[] = [];
  let trims = false;
  for (let at = 0; at < template.length; ) {
    const open = template.indexOf('{{', at);
    const text = template.slice(at, open < 0 ? undefined : open);
    const kept = trims ? text.replace(/^[ \t\r\n]+/, '') : text;
    if (open < 0) return joined([...parts, kept]);
    action.lastIndex = open;
    const found = action.exec(template);
    if (found === null) return refusal('DOMAIN-oGh5e', 'urlTemplate');
    const { before, after, field: name } = found.groups ?? {};
    const part = name === undefined ? '' : fields.get(name);
    if (part === undefined) return refusal('DOMAIN-ieYa7', 'urlTemplate');
    parts.push(before === undefined ? kept : trimmedEnd(kept), part);
    trims = after !== undefined;
    at = action.lastIndex;
  }
  return joined(parts);
}

/** A pattern would begin anew at each blank, also of a text far too long. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Texts side by side become one, empty ones none. */
function joined(parts: readonly LinkPart[]): LinkPart[] {
  const result: LinkPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else if (part !== '') result.push(part);
  }
  return result;
}
