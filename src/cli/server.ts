import { readFile } from 'node:fs/promises';
import type { JsonObject } from '#core/json.ts';
import type { Arguments } from './arguments.ts';
import type { Options } from './command.ts';
import { CliError, exits, misuse } from './exits.ts';
import { readStdin } from './stdin.ts';

/** What every command that talks to the server takes. */
export const serverOptions: Options = {
  url: { value: '<url>', help: 'where the server is: MUSTER_URL, http://127.0.0.1:7400 unless given' },
  token: { value: '<token>', help: 'MUSTER_TOKEN is better: whoever lists processes sees this one' },
  'token-file': { value: '<file>', help: 'a file that holds the token; - for standard input' },
};

const defaultUrl = 'http://127.0.0.1:7400';
const timeoutMs = 30_000;

/** An answer of the directory's API: as it came, and read. */
export interface Answer {
  /** Empty where there is nothing to say. */
  readonly text: string;
  readonly body: JsonObject;
}

/** The directory's API of one server, as one token may use it. */
export interface Server {
  /**
   * @param path below `/directory/v1`
   * Rejects with a CliError, whose exit code says what kind of refusal it is.
   */
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: JsonObject): Promise<Answer>;
}

/** The server that options and environment name. */
export async function serverOf(args: Arguments, environment: NodeJS.ProcessEnv): Promise<Server> {
  const url = baseUrl(args.value('url') ?? (environment['MUSTER_URL'] || defaultUrl));
  const token = await tokenOf(args, environment);
  return { call: (method, path, body) => send(`${url}/directory/v1${path}`, url, token, method, body) };
}

function baseUrl(text: string): string {
  const url = URL.parse(text);
  if (url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.search && !url.hash) {
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  }
  throw misuse(`${text} is no address of a server; such as ${defaultUrl} is one.`);
}

async function tokenOf(args: Arguments, environment: NodeJS.ProcessEnv): Promise<string> {
  const file = args.value('token-file');
  if (file !== undefined && args.has('token')) throw misuse('--token and --token-file exclude each other.');
  const token = file === undefined ? (args.value('token') ?? environment['MUSTER_TOKEN']) : await readToken(file);
  if (token === undefined || token === '') {
    throw new CliError(exits.notAllowed, 'A token is needed: set MUSTER_TOKEN, or name a file by --token-file.');
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw misuse('The token must be one word of visible ASCII characters.');
}

async function readToken(file: string): Promise<string> {
  if (file === '-') return (await readStdin('the token')).trim();
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw misuse(`The token's file cannot be read: ${(error as Error).message}`);
  }
}

async function send(address: string, url: string, token: string, method: string, body?: JsonObject): Promise<Answer> {
  const answer = await request(address, url, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const read = readJson(answer.text);
  if (!answer.ok && typeof read?.['detail'] !== 'string') throw noMuster(url);
  if (!answer.ok) throw new CliError(exitOf(answer.status), String(read?.['detail']));
  if (answer.text !== '' && read === undefined) throw noMuster(url);
  return { text: answer.text, body: read ?? {} };
}

async function request(address: string, url: string, init: RequestInit) {
  try {
    const answer = await fetch(address, init);
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    const why =
      cause?.code === 'ECONNREFUSED' ? 'nothing listens there; npm start starts it' : cause?.message || message;
    throw new CliError(exits.unreachable, `${url} cannot be reached: ${why}.`);
  }
}

function readJson(text: string): JsonObject | undefined {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exitOf(status: number): number {
  if (status === 401 || status === 403) return exits.notAllowed;
  if (status === 404) return exits.notFound;
  return status === 503 ? exits.unreachable : exits.failed;
}

function noMuster(url: string): CliError {
  return new CliError(exits.unreachable, `What answers at ${url} is no Muster server.`);
}
