import type { CodeRequest, LinkPart } from '#core/commands/user-input.ts';
import type { CodeName } from '#core/secret.ts';

/** What a link may name besides its own text. */
export interface LinkFacts {
  readonly code: string;
  readonly user: string;
  readonly realm: string;
}

const purposes: Readonly<Record<CodeName, (request: CodeRequest) => string>> = {
  'code.email': () => 'to confirm this mail address',
  'code.invite': ({ applicationName: name }) => `to accept the invitation${name === undefined ? '' : ` to ${name}`}`,
  'code.phone': () => 'to confirm this number',
  'code.password': () => 'to set a new password',
};

/** The text that a person gets with a code. */
export function codeText(name: CodeName, facts: LinkFacts, request: CodeRequest): string {
  const { link } = request;
  const sentence = `Your code ${purposes[name](request)} is ${facts.code}.`;
  return link === undefined ? sentence : `${sentence}\n${renderLink(link, facts)}`;
}

export function renderLink(link: readonly LinkPart[], facts: LinkFacts): string {
  return link.map((part) => (typeof part === 'string' ? part : facts[part.insert])).join('');
}
