import type { LinkPart } from '#core/commands/user-input.ts';
import type { MessageContent } from '#core/message.ts';
import { defaultLanguage, type Phrases, phrases } from './message-phrases.ts';

/** What a link may name besides its own text. */
export interface LinkFacts {
  readonly code: string;
  readonly user: string;
  readonly realm: string;
}

export function renderLink(link: readonly LinkPart[], facts: LinkFacts): string {
  return link.map((part) => (typeof part === 'string' ? part : facts[part.insert])).join('');
}

/** A message in words, as a mail and as a text message. */
export interface MessageText {
  readonly subject: string;
  /** Of the mail, plain and as HTML. */
  readonly text: string;
  readonly html: string;
  /** The text message. */
  readonly short: string;
}

/**
 * Says it in the language asked for, or else in English. What a user could have chosen stands in the bodies alone, and
 * is escaped in HTML; a link that is none of the web's is left out.
 * @param validForMs how long the code still holds
 */
export function renderMessage(content: MessageContent, validForMs: number): MessageText {
  const { kind, code, application } = content;
  const [language, said] = phrasesFor(content.language);
  const name = onOneLine(content.name);
  const hello = name === '' ? `${said.hello},` : `${said.hello} ${name},`;
  const valid = `${said.validFor} ${spanOf(validForMs, language)}.`;
  const link = content.link !== undefined && isWebLink(content.link) ? content.link : undefined;
  const isTo = kind === 'invite' && application !== undefined;
  const before = isTo ? said.inviteTo.replace('{application}', () => onOneLine(application)) : said.code[kind];
  const sentence = `${before} ${code}.`;
  const linked = link === undefined ? [] : [`${said.link} ${link}`];
  const paragraphs = [
    escapeHtml(hello),
    `${escapeHtml(before)} <strong>${escapeHtml(code)}</strong>. ${escapeHtml(valid)}`,
    ...(link === undefined ? [] : [`${escapeHtml(said.link)} <a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`]),
    escapeHtml(said.ignore),
  ];
  return {
    subject: said.subject[kind],
    text: [hello, `${sentence} ${valid}`, ...linked, said.ignore].join('\n\n'),
    html: pageOf(language, said.subject[kind], paragraphs),
    short: [`${sentence} ${valid}`, ...(link === undefined ? [] : [link])].join('\n'),
  };
}

function pageOf(language: string, title: string, paragraphs: readonly string[]): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n');
  return `<!doctype html>\n<html lang="${language}">\n<head>${head}</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function phrasesFor(tag: string): readonly [string, Phrases] {
  const [language = ''] = tag.toLowerCase().split('-', 1);
  const known = phrases.get(language);
  return known === undefined ? [defaultLanguage, phrases.get(defaultLanguage) as Phrases] : [language, known];
}

const maxNameLength = 80;

/** A name must not look like more of the text. */
function onOneLine(name: string): string {
  const line = name.replace(/[\s\p{C}]+/gu, ' ').trim();
  return [...line].slice(0, maxNameLength).join('');
}

function isWebLink(link: string): boolean {
  return /^https?:\/\//i.test(link) && URL.canParse(link) && !/[\s\p{C}]/u.test(link);
}

const minuteMs = 60_000;

/** As people say it: from two hours on in hours, from two days on in days. Never more than it is, but a minute at least. */
function spanOf(ms: number, language: string): string {
  const minutes = Math.max(1, Math.floor(ms / minuteMs));
  const units = [
    ['day', 24 * 60],
    ['hour', 60],
    ['minute', 1],
  ] as const;
  const [unit, size] = units.find(([, each]) => minutes >= 2 * each) ?? ['minute', 1];
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
  return format.format(Math.floor(minutes / size));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
