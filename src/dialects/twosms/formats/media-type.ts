import { MIMEType } from 'node:util';
import { remembering } from '#core/memo.ts';

/** What answers are written as. */
export const answerTypes = ['application/json', 'text/json', 'application/xml', 'text/xml'] as const;
export type AnswerType = (typeof answerTypes)[number];

/** Reads one media type with its parameters; undefined when it is none. */
export function parseMediaType(text: string): MIMEType | undefined {
  return text === '' ? undefined : parsed(text).type;
}

const parsed = remembering((text) => ({ type: parse(text) }));

function parse(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

export function isAnswerType(essence: string | undefined): essence is AnswerType {
  return answerTypes.some((type) => type === essence);
}

export function isXml(type: AnswerType): boolean {
  return type.endsWith('/xml');
}
