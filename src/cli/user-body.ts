import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Arguments } from './arguments.ts';
import type { Options } from './command.ts';
import { misuse } from './exits.ts';
import { askPassword, readSecret, readStdin } from './stdin.ts';

/** A member of a user that has an option of its own. */
interface Member {
  readonly path: readonly [string] | readonly [string, string];
  readonly value: string;
  readonly help: string;
  readonly read?: (text: string) => Json;
  /** It is what its group is about: without it there is no group. */
  readonly isGroup?: true;
}

const members: Readonly<Record<string, Member>> = {
  username: { path: ['username'], value: '<name>', help: 'the name to sign in by' },
  email: { path: ['email', 'address'], value: '<address>', help: 'the mail address', isGroup: true },
  phone: { path: ['phone', 'entered'], value: '<number>', help: 'the phone number, as it is written', isGroup: true },
  'given-name': { path: ['profile', 'givenName'], value: '<text>', help: 'the given name' },
  'family-name': { path: ['profile', 'familyName'], value: '<text>', help: 'the family name' },
  'nick-name': { path: ['profile', 'nickName'], value: '<text>', help: 'the nick name' },
  'display-name': { path: ['profile', 'displayName'], value: '<text>', help: 'the name that is shown' },
  language: { path: ['profile', 'language'], value: '<tag>', help: 'such as en or de-CH' },
  'time-zone': { path: ['profile', 'timeZone'], value: '<zone>', help: 'such as Europe/Zurich' },
  administers: { path: ['administers'], value: '<dialects>', help: 'with commas between; all of them', read: listOf },
  data: { path: ['data'], value: '<json>', help: 'an object, which is merged into what is there', read: readJson },
};

/** Options that say what a user is to be. */
export const memberOptions: Options = {
  ...Object.fromEntries(Object.entries(members).map(([name, { value, help }]) => [name, { value, help }])),
  body: { value: '<file>', help: "a user in the API's JSON, under what the options say; - for standard input" },
  password: { help: 'asks for the password on the terminal' },
  'password-stdin': { help: 'reads the password from standard input' },
};

/** What these options say: a new user, or what of one is to change, where an empty text takes the value away. */
export async function bodyOf(args: Arguments): Promise<JsonObject> {
  const file = args.value('body');
  let body = file === undefined ? {} : await readBody(file);
  for (const [name, member] of Object.entries(members)) {
    const text = args.value(name);
    const { read = String } = member;
    if (text !== undefined) body = withMember(body, member, text === '' ? null : read(text));
  }
  const password = await passwordOf(args);
  return password === undefined ? body : { ...body, password };
}

function withMember(body: JsonObject, { path: [group, name], isGroup }: Member, value: Json): JsonObject {
  if (name === undefined || (isGroup && value === null)) return { ...body, [group]: value };
  const beside = body[group];
  return { ...body, [group]: { ...(isJsonObject(beside) ? beside : {}), [name]: value } };
}

async function passwordOf(args: Arguments): Promise<string | undefined> {
  if (args.has('password') && args.has('password-stdin')) throw misuse('Use --password or --password-stdin, not both.');
  if (args.has('password')) return await askPassword();
  return args.has('password-stdin') ? await readSecret('the password') : undefined;
}

async function readBody(file: string): Promise<JsonObject> {
  const body = readJson(await textOf(file));
  if (isJsonObject(body)) return body;
  throw misuse('--body must be a JSON object.');
}

async function textOf(file: string): Promise<string> {
  if (file === '-') return await readStdin('the body');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw misuse(`The body's file cannot be read: ${(error as Error).message}`);
  }
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw misuse('What should be JSON is not.');
  }
}

function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
