/** A piece of text, or a group of pieces between an opening and a closing one. */
type Piece = string | { readonly open: string; readonly inside: readonly Piece[]; readonly close: string };

const width = 96;

/** JSON or XML in as few lines as are legible; anything else as it is. */
export function layOut(text: string): string {
  if (/^[[{]/.test(text)) return render(jsonPiece(JSON.parse(text)), '');
  if (/^</.test(text)) return render(xmlPiece(text), '');
  return text;
}

/** What fits stands on one line; of what does not, the parts that fit fill lines together. */
function render(piece: Piece, indent: string): string {
  if (typeof piece === 'string') return piece;
  const inner = `${indent}  `;
  const short = `${piece.open}${piece.inside.map((part) => render(part, '')).join(' ')}${piece.close}`;
  if (!short.includes('\n') && indent.length + short.length <= width) return short;
  const lines: string[] = [];
  for (const text of piece.inside.map((part) => render(part, inner))) {
    const last = lines.at(-1);
    const together = `${last} ${text}`;
    const fits = !together.includes('\n') && inner.length + together.length <= width;
    if (last !== undefined && fits) lines[lines.length - 1] = together;
    else lines.push(text);
  }
  return `${piece.open}\n${lines.map((line) => inner + line).join('\n')}\n${indent}${piece.close}`;
}

function jsonPiece(value: unknown, before = '', after = ''): Piece {
  if (typeof value !== 'object' || value === null) return before + JSON.stringify(value) + after;
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  const inside = entries.map(([name, member], index) => {
    const comma = index < entries.length - 1 ? ',' : '';
    return jsonPiece(member, isList ? '' : `${JSON.stringify(name)}: `, comma);
  });
  return { open: before + (isList ? '[' : '{'), inside, close: (isList ? ']' : '}') + after };
}

function xmlPiece(text: string): Piece {
  const tokens = text.match(/<[^>]+>|[^<]+/g)?.filter((token) => token.trim() !== '') ?? [];
  const next = (): Piece => {
    const token = tokens.shift() ?? '';
    if (!/^<[^/?]/.test(token) || token.endsWith('/>')) return token;
    const inside: Piece[] = [];
    while (tokens.length > 0 && !tokens[0]?.startsWith('</')) inside.push(next());
    return { open: token, inside, close: tokens.shift() ?? '' };
  };
  return next();
}
