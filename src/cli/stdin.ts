import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, exits, misuse } from './exits.ts';

let readFor: string | undefined;

/** All of standard input. It can be read once: asking for it again is a misuse, which both purposes are told of. */
export async function readStdin(purpose: string): Promise<string> {
  if (readFor !== undefined) throw misuse(`Standard input cannot be both ${readFor} and ${purpose}.`);
  readFor = purpose;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A secret from standard input, without the end of its line. */
export async function readSecret(purpose: string): Promise<string> {
  return (await readStdin(purpose)).replace(/\r?\n$/, '');
}

/** Asks before what cannot be undone. Without a terminal there is nobody to ask: then `--yes` must say it. */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw misuse(`${question} Say --yes: there is no terminal to ask on.`);
  const answer = await ask(`${question} [y/N] `, process.stderr);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new CliError(exits.failed, 'Nothing has been changed.');
}

/** Asks for a new password twice, without showing it. */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) throw misuse('There is no terminal to ask for the password on: use --password-stdin.');
  const [first, second] = [await askHidden('New password: '), await askHidden('Once more: ')];
  if (first === second) return first;
  throw new CliError(exits.failed, 'The two are not the same. Nothing has been changed.');
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask('', nowhere);
  process.stderr.write('\n');
  return answer;
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await new Promise((resolve, reject) => {
      terminal.once('SIGINT', () => reject(new CliError(exits.failed, 'Nothing has been changed.')));
      terminal.once('close', () => reject(new CliError(exits.failed, 'Nothing has been changed.')));
      terminal.question(question).then(resolve, reject);
    });
  } finally {
    terminal.close();
  }
}
