import { foldText, isFindable } from './searched-text.ts';

/** What a text must be like. */
export interface TextMatch {
  readonly method: TextMethod;
  readonly text: string;
  /** As `foldText` has it. */
  readonly ignoreCase: boolean;
}

export type TextMethod = 'equals' | 'startsWith' | 'endsWith' | 'contains';

/** Whether a text that is kept equals what is looked for, begins or ends with it, or holds it. */
export function meets(kept: string, { method, text, ignoreCase }: TextMatch): boolean {
  if (!isFindable(text)) return false;
  const [whole, piece] = ignoreCase ? [foldText(kept), foldText(text)] : [kept, text];
  switch (method) {
    case 'equals':
      return whole === piece;
    case 'startsWith':
      return whole.startsWith(piece);
    case 'endsWith':
      return whole.endsWith(piece);
    case 'contains':
      return whole.includes(piece);
  }
}
