import { type AnswerType, isAnswerType, parseMediaType } from './media-type.ts';

/** The headers that say what the answer is to be written as. */
export interface Preferences {
  readonly accept?: string | undefined;
  readonly 'content-type'?: string | undefined;
  readonly 'x-requested-with'?: string | string[] | undefined;
}

interface Range {
  readonly essence: string;
  readonly quality: number;
}

interface Match {
  readonly type: AnswerType;
  readonly quality: number;
  /** 0 for the type itself, 1 for `text/*`, 2 for any. */
  readonly vagueness: number;
}

/** Each serializer and the types that it writes, in ASP.NET's order. */
const serializers: readonly (readonly AnswerType[])[] = [
  ['application/json', 'text/json'],
  ['application/xml', 'text/xml'],
];

/**
 * Chooses as ASP.NET Web API does: the highest q, then the least vague, then JSON before XML. What nobody can write is
 * no 406: then the request's own type, then JSON.
 */
export function answerTypeFor(headers: Preferences): AnswerType {
  const ranges = acceptedRanges(headers.accept ?? '');
  const script = String(headers['x-requested-with'] ?? '').toLowerCase() === 'xmlhttprequest';
  if (script && ranges.every(({ essence }) => essence === '*/*')) return 'application/json';
  const best = serializers
    .flatMap((types) => bestMatch(types, ranges) ?? [])
    .toSorted((a, b) => b.quality - a.quality || a.vagueness - b.vagueness)[0];
  if (best) return best.type;
  const sent = parseMediaType(headers['content-type'] ?? '')?.essence;
  return isAnswerType(sent) ? sent : 'application/json';
}

/** The media ranges of an Accept header, the preferred first; unreadable ones and those with q=0 left out. */
function acceptedRanges(accept: string): Range[] {
  return accept
    .split(',')
    .flatMap((text) => parseMediaType(text) ?? [])
    .map((range) => ({ essence: range.essence, quality: qualityOf(range.params.get('q')) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
}

function qualityOf(q: string | null): number {
  if (q === null) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0;
}

/** The first range that a serializer can meet, for each serializer has one offer. */
function bestMatch(types: readonly AnswerType[], ranges: readonly Range[]): Match | undefined {
  const matches = ranges.flatMap(({ essence, quality }) => {
    const type = types.find((candidate) => vaguenessOf(essence, candidate) !== undefined);
    const vagueness = type && vaguenessOf(essence, type);
    return type === undefined || vagueness === undefined ? [] : [{ type, quality, vagueness }];
  });
  return matches.toSorted((a, b) => b.quality - a.quality || a.vagueness - b.vagueness)[0];
}

function vaguenessOf(range: string, type: AnswerType): number | undefined {
  if (range === type) return 0;
  if (range === `${type.slice(0, type.indexOf('/'))}/*`) return 1;
  return range === '*/*' ? 2 : undefined;
}
