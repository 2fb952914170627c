import type { LinkPart } from '#core/commands/user-input.ts';

/** What a link may name besides its own text. */
export interface LinkFacts {
  readonly code: string;
  readonly user: string;
  readonly realm: string;
}

const subjects = {
  'code.email': 'Your code to confirm this mail address is',
  'code.phone': 'Your code to confirm this number is',
  'code.password': 'Your code to set a new password is',
} as const;

/** The text that a person gets with a code. */
export function codeText(name: keyof typeof subjects, facts: LinkFacts, link: readonly LinkPart[] | undefined): string {
  const sentence = `${subjects[name]} ${facts.code}.`;
  return link === undefined ? sentence : `${sentence}\n${renderLink(link, facts)}`;
}

export function renderLink(link: readonly LinkPart[], facts: LinkFacts): string {
  return link.map((part) => (typeof part === 'string' ? part : facts[part.insert])).join('');
}
