import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import { members } from '#dialects/twosms/model.ts';
import { routes } from '#dialects/twosms/routes.ts';
import { isOAuthError, jsonOf, membersAre } from './answers.ts';
import type { Answer } from './connection.ts';
import type { FuzzedDialect } from './operation.ts';
import { membersLike, someOf, textFor } from './plausible.ts';
import { type Tree, textOf, writeForm, writeJson } from './tree.ts';

const credentials = membersLike({
  grant_type: 'client_credentials',
  client_id: 'x',
  client_secret: 'x',
  refresh_token: 'x',
});
const form = { type: 'application/x-www-form-urlencoded', write: writeForm };

const values: Readonly<Record<string, (name: string) => fc.Arbitrary<Json>>> = {
  boolean: () => fc.boolean(),
  enumeration: () => fc.constantFrom<Json[]>(0, 1, 'NONE', 'SomeFlag', 2 ** 31),
  date: () => fc.constantFrom('2024-03-28T08:12:49.3595132+00:00', '/Date(1)/', 'x'),
  guid: textFor,
  text: textFor,
};

const user = userOf();

/** 2sms's operations: users by the table of their members, in each of the formats. */
export const fuzzed: FuzzedDialect = {
  name: 'twosms',
  operations: routes.map(({ operation, method, path, serve }) => ({
    name: operation,
    isBuilt: serve !== undefined,
    route: { method, path },
    formats:
      path === '/token'
        ? [form]
        : [{ type: 'application/json', write: writeJson }, { type: 'text/xml', write: writeXml }, form],
    ...(method === 'GET' ? {} : { body: path === '/token' ? credentials : user }),
  })),
  isRefusal: (answer) => isHttpError(answer) || isEnvelope(answer) || isOAuthError(answer),
};

/** What the vendor asks for is there as a rule: without any of it there is nothing but that refusal. */
function userOf(): fc.Arbitrary<Json> {
  const rows = members.map(({ name, type }) => [name, values[type]?.(name) ?? textFor(name)] as const);
  const all = Object.fromEntries(rows);
  const required = members.filter(({ required }) => required).map(({ name }) => name as string);
  return fc.oneof({ weight: 4, arbitrary: someOf(all, required) }, { weight: 1, arbitrary: someOf(all) });
}

function writeXml(tree: Tree): string {
  const namespaces = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return `<User ${namespaces}>${contentOf(tree)}</User>`;
}

function contentOf(tree: Tree): string {
  if ('items' in tree) return tree.items.map((item) => `<item>${contentOf(item)}</item>`).join('');
  if ('entries' in tree) return tree.entries.map(([key, value]) => elementOf(key, value)).join('');
  return textOf(tree).replace(/[&<]/g, (sign) => (sign === '&' ? '&amp;' : '&lt;'));
}

function elementOf(name: string, value: Tree): string {
  if ('raw' in value && value.raw === 'null') return `<${name} xsi:nil="true" />`;
  return `<${name}>${contentOf(value)}</${name}>`;
}

function isHttpError(answer: Answer): boolean {
  if (isXml(answer)) return /^<Error><Message>.*<\/Error>$/s.test(answer.body);
  return membersAre(jsonOf(answer), { Message: 'string' }, { MessageDetail: 'string', ModelState: 'object' });
}

function isEnvelope(answer: Answer): boolean {
  if (isXml(answer)) return /^<ResponseOfUser .*<Error><ErrorCode>.*<\/ResponseOfUser>$/s.test(answer.body);
  return membersAre(jsonOf(answer), { Error: 'object', ResponseData: 'object' });
}

function isXml({ headers }: Answer): boolean {
  return /^(application|text)\/xml/.test(headers.get('content-type') ?? '');
}
