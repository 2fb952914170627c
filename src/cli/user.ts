import type { JsonObject } from '#core/json.ts';
import { wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { asCard, asLine, asTable, type Call, directoryCommand, queryOf } from './directory-command.ts';
import { misuse } from './exits.ts';
import { findUser, pathOf, userOptions } from './find-user.ts';
import { bodyOf, memberOptions } from './user-body.ts';

const standardLimit = '100';
const columns = ['id', 'username', 'kind', 'state', 'profile.displayName', 'email.address'];

const list = directoryCommand({
  name: 'user list',
  help: 'lists users in the order of their creation',
  options: {
    name: { value: '<name>', help: 'the one that holds this name' },
    kind: { value: '<kind>', help: 'human or machine' },
    limit: { value: '<number>', help: 'so many at most; 100 unless given, 1000 at most' },
    offset: { value: '<number>', help: 'leaves so many out at the start' },
  },
  act: ({ server, value }) => {
    const limit = wholeNumber('limit', value('limit') ?? standardLimit);
    const offset = wholeNumber('offset', value('offset') ?? '0');
    return server.call('GET', `/users${queryOf({ name: value('name'), kind: value('kind'), limit, offset })}`);
  },
  show: (answer, { value }) => {
    const next = Number(value('offset') ?? 0) + Number(value('limit') ?? standardLimit);
    if (answer['hasMore'] === true) process.stderr.write(`There are more: --offset ${next} shows them.\n`);
    return asTable('users', columns)(answer);
  },
});

const show = directoryCommand({
  name: 'user show',
  operands: '<user>',
  help: "shows a user: by a name, the id, or a dialect's id (--as)",
  options: userOptions,
  act: async (call) => call.server.call('GET', pathOf(await userOf(call))),
  show: asCard,
});

const create = directoryCommand({
  name: 'user create',
  operands: '<username>',
  help: 'creates a user',
  options: {
    kind: { value: '<kind>', help: 'human unless given, or machine' },
    realm: { value: '<id>', help: 'in this realm; your own unless given' },
    ...withoutUsername(memberOptions),
  },
  act: async (call) => {
    const kind = call.value('kind');
    const body = { ...(await bodyOf(call)), username: nameOf(call), ...(kind === undefined ? {} : { kind }) };
    return await call.server.call('POST', `/users${queryOf({ realm: call.value('realm') })}`, body);
  },
  show: asCard,
});

const update = directoryCommand({
  name: 'user update',
  operands: '<user>',
  help: 'changes what is given of a user; an empty value takes it away',
  options: { ...memberOptions, ...userOptions },
  act: async (call) => {
    const body = await bodyOf(call);
    if (Object.keys(body).length === 0) throw misuse('Nothing is to be changed; --help lists what can be.');
    return await call.server.call('PATCH', pathOf(await userOf(call)), body);
  },
  show: asCard,
});

/** Each with what it asks of the API; all are done when the user is so already. */
const states: readonly (readonly [string, string, JsonObject])[] = [
  ['lock', 'locks a user: it can do nothing until it is unlocked', { state: 'locked' }],
  ['unlock', 'takes a lock away', { lockedAt: null }],
  ['disable', 'disables a user: it can do nothing until it is enabled', { state: 'disabled' }],
  ['enable', 'enables a user again', { disabledAt: null }],
];

const stateCommands = states.map(([name, help, body]) =>
  directoryCommand({
    name: `user ${name}`,
    operands: '<user>',
    help,
    options: userOptions,
    act: async (call) => call.server.call('PATCH', pathOf(await userOf(call)), body),
    show: ({ username = '', state = '' }) => asLine(`${username} is ${state}.`),
  }),
);

const remove = directoryCommand({
  name: 'user delete',
  operands: '<user>',
  help: 'deletes a user: names are free again, ids never; its history stays',
  options: userOptions,
  asks: true,
  act: async (call) => {
    const path = pathOf(await userOf(call));
    await call.confirmed(`Delete the user ${nameOf(call)}?`);
    return await call.server.call('DELETE', path);
  },
  show: (_answer, call) => asLine(`${nameOf(call)} has been deleted.`),
});

export const userCommands: readonly Command[] = [list, show, create, update, ...stateCommands, remove];

function nameOf({ operands: [name = ''] }: Call): string {
  return name;
}

function userOf(call: Call) {
  return findUser(nameOf(call), call);
}

function withoutUsername({ username: _username, ...others }: typeof memberOptions): typeof memberOptions {
  return others;
}
