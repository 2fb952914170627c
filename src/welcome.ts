import type { FastifyInstance } from 'fastify';
import type { FirstAdministrator } from './first-start.ts';
import type { StoreSetting } from './settings.ts';

/** What of a dialect people are told. */
export interface Described {
  readonly name: string;
  readonly title: string;
  readonly at: string;
  /** A command line that changes something harmless of the user with this id. */
  example?(at: { readonly origin: string; readonly token: string; readonly id: string }): string;
}

type ShownAdministrator = Omit<FirstAdministrator, 'announced' | 'abandoned'>;

export interface Running {
  /** Where clients reach it, and where it listens. */
  readonly origin: string;
  readonly listening: string;
  readonly store: StoreSetting;
  readonly dialects: readonly Described[];
  /** On the first start alone. */
  readonly administrator: ShownAdministrator | undefined;
  /** By which each dialect knows the administrator, for the commands that are shown. */
  readonly administratorIds: Readonly<Record<string, string>>;
}

/** What the start prints. The only place where the generated password and token are ever shown. */
export function startText({ origin, listening, store, dialects, administrator, administratorIds }: Running): string {
  const rows = [
    ['Store', describe(store)],
    ...(listening === origin ? [] : [['Listens at', listening]]),
    ...dialects.map(({ title, at }) => [title, origin + at]),
    ['What runs where', `${origin}/`],
  ];
  const parts = [
    `Muster runs at ${origin}`,
    indent(columns(rows)),
    ...(administrator === undefined ? [] : [credentialsText(administrator)]),
    ...examplesText(origin, dialects, administratorIds, administrator?.token),
  ];
  return `\n${parts.join('\n\n')}\n\n`;
}

/** The administrator that a first start has made, with what was made up for it. */
function credentialsText({ username, password, token }: ShownAdministrator): string {
  const rows = [
    ['name', username],
    ['password', password ?? 'as given'],
    ['token', token ?? 'as given'],
  ];
  const once = password === undefined && token === undefined ? '' : ' Shown this once: keep it.';
  return `The first administrator has been made.${once}\n${indent(columns(rows))}`;
}

function examplesText(
  origin: string,
  dialects: readonly Described[],
  ids: Readonly<Record<string, string>>,
  token = "<the administrator's token>",
): string[] {
  const commands = dialects.flatMap(({ name, title, example }) => {
    const id = ids[name];
    return example === undefined || id === undefined ? [] : [`# ${title}`, example({ origin, token: '$TOKEN', id })];
  });
  if (commands.length === 0) return [];
  return [`To try it, paste this into another terminal:\n\n${indent([`TOKEN='${token}'`, ...commands])}`];
}

function describe(store: StoreSetting): string {
  if (store.kind === 'postgres') return store.place;
  return store.kind === 'memory' ? 'in memory; gone when this stops' : `${store.path} (SQLite)`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

/** The page at `/`: what runs here and where, for whoever comes with a browser. */
export function registerWelcome(http: FastifyInstance, dialects: readonly Described[]): void {
  const page = welcomePage(dialects);
  http.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page),
  );
}

function welcomePage(dialects: readonly Described[]): string {
  const rows = dialects.map(
    ({ title, at }) => `<tr><th scope="row">${escapeHtml(title)}</th><td><code>${escapeHtml(at)}</code></td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster</title>
<style>
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #1c1c1c; background: #fff }
th, td { padding: .3rem 1.5rem .3rem 0; text-align: left; font-weight: normal; vertical-align: top }
code { font-family: ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } }
</style>
</head>
<body>
<h1>Muster</h1>
<p>One user directory that speaks every dialect. A change made through any of these APIs is seen at once through all of
them, and stands once in the history.</p>
<table>
<caption hidden>What runs here</caption>
<tbody>
${rows.join('\n')}
<tr><th scope="row">Is it alive?</th><td><code>/healthz</code></td></tr>
<tr><th scope="row">Can it work?</th><td><code>/readyz</code></td></tr>
</tbody>
</table>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
