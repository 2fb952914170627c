import type { JsonObject } from '#core/json.ts';
import type { Options } from './command.ts';
import type { Call } from './directory-command.ts';
import { CliError, exits } from './exits.ts';

/** For commands about a user: who it is. */
export const userOptions: Options = {
  as: { value: '<dialect>', help: "<user> is this dialect's id of the user, as: --as zitadel 2" },
};

/** What a call must say of a user: an id, and whose id that is. */
export interface UserReference {
  readonly id: string;
  readonly as?: string;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The user that people name: by a dialect's id with `--as`, by the directory's own id, else by a name that it holds. */
export async function findUser(
  name: string,
  { server, value }: Pick<Call, 'server' | 'value'>,
): Promise<UserReference> {
  const as = value('as');
  if (as !== undefined) return { id: name, as };
  if (guid.test(name)) return { id: name };
  const { body } = await server.call('GET', `/users?${new URLSearchParams({ name, limit: '1' })}`);
  const [user] = (body['users'] ?? []) as readonly JsonObject[];
  if (user === undefined) throw new CliError(exits.notFound, `There is no user ${name}.`);
  return { id: String(user['id']) };
}

/** The path of a user, with what says whose id it is. */
export function pathOf({ id, as }: UserReference): string {
  const query = as === undefined ? '' : `?${new URLSearchParams({ as })}`;
  return `/users/${encodeURIComponent(id)}${query}`;
}
