import { wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { asCard, asTable, directoryCommand, queryOf } from './directory-command.ts';
import { misuse } from './exits.ts';

const as = { value: '<dialect>', help: "the id is this dialect's, such as zitadel" };

const create = directoryCommand({
  name: 'realm create',
  operands: '<name>',
  help: 'adds a realm: an organization, account or agency',
  options: {
    language: { value: '<tag>', help: 'en unless given' },
    region: { value: '<code>', help: 'the country whose national numbers are meant; US unless given' },
    'time-zone': { value: '<zone>', help: 'UTC unless given' },
    ids: { value: '<list>', help: 'ids to be kept, such as zitadel=42,accela=CITY; made unless given' },
  },
  act: async ({ server, value, operands: [name = ''] }) => {
    const given = { language: value('language'), region: value('region'), timeZone: value('time-zone') };
    const members = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const ids = value('ids');
    const body = { name, ...Object.fromEntries(members), ...(ids === undefined ? {} : { ids: idsIn(ids) }) };
    return await server.call('POST', '/realms', body);
  },
  show: asCard,
});

function idsIn(list: string): Record<string, string> {
  const pairs = list.split(',').map((pair) => /^([a-z]+)=(.+)$/.exec(pair.trim()));
  if (pairs.includes(null)) throw misuse('--ids must be a list such as zitadel=42,accela=CITY.');
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

const list = directoryCommand({
  name: 'realm list',
  help: 'lists the realms that you may see',
  options: {
    after: { value: '<id>', help: 'those behind this one' },
    limit: { value: '<number>', help: 'so many at most; 1000 unless given' },
  },
  act: ({ server, value }) => {
    const limit = value('limit');
    const query = { after: value('after'), limit: limit && wholeNumber('limit', limit) };
    return server.call('GET', `/realms${queryOf(query)}`);
  },
  show: asTable('realms', ['id', 'name', 'ids.zitadel', 'ids.accela', 'language', 'region', 'timeZone', 'createdAt']),
});

const get = directoryCommand({
  name: 'realm get',
  operands: '<id>',
  help: 'shows a realm',
  options: { as },
  act: ({ server, value, operands: [id = ''] }) =>
    server.call('GET', `/realms/${encodeURIComponent(id)}${queryOf({ as: value('as') })}`),
  show: asCard,
});

export const realmCommands: readonly Command[] = [create, list, get];
