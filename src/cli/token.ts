import { systemClock } from '#auth/system-clock.ts';
import type { JsonObject } from '#core/json.ts';
import { permissions } from '#core/permissions.ts';
import { wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { asCard, asLine, asTable, type Call, directoryCommand, queryOf } from './directory-command.ts';
import { findUser, type UserReference, userOptions } from './find-user.ts';
import { momentOf } from './moment.ts';

const user = { value: '<user>', help: 'whose it is, by a name or an id; your own unless given' };

const create = directoryCommand({
  name: 'token create',
  help: 'makes a token; it is shown this once',
  options: {
    user,
    ...userOptions,
    permissions: { value: '<list>', help: `limits it to some of ${permissions.join(',')}` },
    expires: { value: '<when>', help: 'after 30d, 12h or 45m, or at a date such as 2030-01-31' },
  },
  act: async (call) => {
    const { server, value } = call;
    const found = await userIn(call);
    const listed = value('permissions');
    const expires = value('expires');
    const body: JsonObject = {
      ...(found ? { user: found.id } : {}),
      ...(listed === undefined ? {} : { permissions: listed.split(',').map((name) => name.trim()) }),
      ...(expires === undefined ? {} : { expiresAt: momentOf(expires, systemClock.now()) }),
    };
    return await server.call('POST', `/tokens${queryOf({ as: found?.as })}`, body);
  },
  show: ({ token = '', ...rest }) => {
    process.stderr.write('The token is shown this once: keep it.\n');
    return asCard({ token, ...rest });
  },
});

const list = directoryCommand({
  name: 'token list',
  help: "lists the realm's tokens, or your own",
  options: {
    user: { ...user, help: 'those of one user, by a name or an id' },
    ...userOptions,
    limit: { value: '<number>', help: 'so many at most; 1000 unless given' },
  },
  act: async (call) => {
    const found = await userIn(call);
    const limit = call.value('limit');
    const query = {
      user: found?.id,
      as: found?.as,
      limit: limit === undefined ? undefined : wholeNumber('limit', limit),
    };
    return await call.server.call('GET', `/tokens${queryOf(query)}`);
  },
  show: asTable('tokens', ['id', 'username', 'client', 'dialect', 'use', 'permissions', 'createdAt', 'expiresAt']),
});

const revoke = directoryCommand({
  name: 'token revoke',
  operands: '<id>',
  help: 'ends a token, at the very next call',
  asks: true,
  act: async ({ server, operands: [id = ''], confirmed }) => {
    await confirmed(`End the token ${id}?`);
    return await server.call('DELETE', `/tokens/${encodeURIComponent(id)}`);
  },
  show: (_answer, { operands: [id = ''] }) => asLine(`The token ${id} has ended.`),
});

export const tokenCommands: readonly Command[] = [create, list, revoke];

async function userIn(call: Call): Promise<UserReference | undefined> {
  const name = call.value('user');
  return name === undefined ? undefined : await findUser(name, call);
}
