import { wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { asCard, asLine, asTable, directoryCommand, queryOf } from './directory-command.ts';
import { misuse } from './exits.ts';
import { readSecret } from './stdin.ts';

const create = directoryCommand({
  name: 'client create',
  help: 'lets a program in to a dialect; a secret that is made is shown this once',
  options: {
    dialect: { value: '<dialect>', help: 'the API that it calls; one that has clients' },
    name: { value: '<text>', help: 'what it is, for people' },
    id: { value: '<id>', help: 'made unless given' },
    secret: { value: '<text>', help: 'made unless given; whoever lists processes sees this one' },
    'secret-stdin': { help: 'reads the secret from standard input' },
  },
  act: async (call) => {
    const { server, value, has } = call;
    const dialect = value('dialect');
    if (dialect === undefined) throw misuse('--dialect is missing; --help says what is needed.');
    if (has('secret') && has('secret-stdin')) throw misuse('Use --secret or --secret-stdin, not both.');
    const secret = has('secret-stdin') ? await readSecret('the secret') : value('secret');
    const given = Object.entries({ name: value('name'), id: value('id'), secret });
    const members = given.filter((entry): entry is [string, string] => entry[1] !== undefined);
    return await server.call('POST', '/clients', { dialect, ...Object.fromEntries(members) });
  },
  show: ({ secret, ...rest }) => {
    if (secret === undefined) return asCard(rest);
    process.stderr.write('The secret is shown this once: keep it.\n');
    return asCard({ ...rest, secret });
  },
});

const list = directoryCommand({
  name: 'client list',
  help: 'lists the programs that are let in',
  options: { limit: { value: '<number>', help: 'so many at most; 1000 unless given' } },
  act: ({ server, value }) => {
    const limit = value('limit');
    return server.call('GET', `/clients${queryOf({ limit: limit && wholeNumber('limit', limit) })}`);
  },
  show: asTable('clients', ['dialect', 'id', 'name', 'createdAt']),
});

const revoke = directoryCommand({
  name: 'client revoke',
  operands: '<dialect> <id>',
  help: 'shuts a program out; its tokens end with it',
  asks: true,
  act: async ({ server, operands: [dialect = '', id = ''], confirmed }) => {
    await confirmed(`Shut out the client ${id} of ${dialect}?`);
    return await server.call('DELETE', `/clients/${encodeURIComponent(dialect)}/${encodeURIComponent(id)}`);
  },
  show: (_answer, { operands: [dialect = '', id = ''] }) => asLine(`The client ${id} of ${dialect} has been shut out.`),
});

export const clientCommands: readonly Command[] = [create, list, revoke];
