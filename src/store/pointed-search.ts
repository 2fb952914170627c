import { type Filter, matches, type Order, orderKey, type Page, type PageRequest } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import { type DialectId, type Loaded, maxHolders, type Wanted } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import type { User, UserKey } from '#core/user.ts';

/** Where the users that a filter can match are all found by keys. */
interface Pointers {
  readonly users: readonly UserKey[];
  readonly usersBy: readonly DialectId[];
  readonly usersByName: readonly string[];
  readonly usersByEmail: readonly string[];
}

/** Who may point to more users than these is a search like any other. */
const maxPointers = 100;

type Load = (wanted: Wanted) => Promise<Loaded>;

/** Searches by point reads; undefined when the filter, or how many it points to, does not allow it. */
export async function findPointed(filter: Filter, page: PageRequest, load: Load): Promise<Page | undefined> {
  const found = await matchesOf(filter, load);
  if (found === undefined) return undefined;
  const { order, after, offset, limit } = page;
  const direction = order?.descending ? -1 : 1;
  const sorted = found
    .map((user) => ({ user, key: orderKey(order, user) }))
    .sort((one, other) => direction * compareKeys(one.key, other.key))
    .filter(({ key }) => after === undefined || direction * compareKeys(key, orderKey(order, after)) > 0)
    .map(({ user }) => user);
  return { users: sorted.slice(offset, offset + limit), hasMore: sorted.length > offset + limit };
}

export async function countPointed(filter: Filter, load: Load): Promise<number | undefined> {
  return (await matchesOf(filter, load))?.length;
}

async function matchesOf(filter: Filter, load: Load): Promise<User[] | undefined> {
  // The values of a hundred users may be very large.
  if (looksAt(['metadata'], filter)) return undefined;
  const pointers = pointersOf(filter);
  if (pointers === undefined || sizeOf(pointers) > maxPointers) return undefined;
  const { users, usersBy, usersByName, usersByEmail } = await load(pointers);
  const holders = [...usersByEmail.values()];
  if (holders.some(({ length }) => length > maxHolders)) return undefined;
  const found = [...users.values(), ...usersBy.values(), ...usersByName.values(), ...holders.flat()];
  const each = new Map(found.map((user) => [user.key, user]));
  return [...each.values()].filter((user) => matches(filter, user, []));
}

/** Undefined when anybody could match. */
function pointersOf(filter: Filter): Pointers | undefined {
  switch (filter.op) {
    case 'user':
      return { ...none, users: [filter.key] };
    case 'name':
      return { ...none, usersByName: [nameKey(filter.name)] };
    case 'ids':
      return { ...none, usersBy: filter.ids.map((value) => ({ dialect: filter.dialect, value })) };
    case 'emails':
      return { ...none, usersByEmail: filter.addresses.map(foldText) };
    case 'text': {
      if (filter.method !== 'equals') return undefined;
      if (filter.path === 'email.address') return { ...none, usersByEmail: [foldText(filter.text)] };
      const isName = filter.path === 'username' || filter.path.startsWith('loginNames.');
      return isName ? { ...none, usersByName: [nameKey(filter.text)] } : undefined;
    }
    case 'and':
      return filter.filters
        .map(pointersOf)
        .filter((pointers) => pointers !== undefined)
        .sort((one, other) => sizeOf(one) - sizeOf(other))[0];
    case 'or':
      return filter.filters
        .map(pointersOf)
        .reduce<Pointers | undefined>((all, more) => all && more && joined(all, more), none);
    default:
      return undefined;
  }
}

const none: Pointers = { users: [], usersBy: [], usersByName: [], usersByEmail: [] };

function joined(one: Pointers, other: Pointers): Pointers {
  return {
    users: [...one.users, ...other.users],
    usersBy: [...one.usersBy, ...other.usersBy],
    usersByName: [...one.usersByName, ...other.usersByName],
    usersByEmail: [...one.usersByEmail, ...other.usersByEmail],
  };
}

function sizeOf({ users, usersBy, usersByName, usersByEmail }: Pointers): number {
  return users.length + usersBy.length + usersByName.length + usersByEmail.length * maxHolders;
}

function compareKeys(one: ReturnType<typeof orderKey>, other: ReturnType<typeof orderKey>): number {
  for (const [index, part] of one.entries()) {
    const difference = compareParts(part, other[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers by size, texts by code points. */
function compareParts(one: number | string, other: number | string | undefined): number {
  if (typeof one === 'number') return one - Number(other);
  return Buffer.compare(Buffer.from(one), Buffer.from(String(other)));
}

/** Whether a search looks at the texts of users, which are in the search index. */
export function looksAtTexts(filter: Filter, order?: Order): boolean {
  return order?.by === 'text' || looksAt(['text', 'emails'], filter);
}

function looksAt(ops: readonly Filter['op'][], filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.filters.some((inner) => looksAt(ops, inner));
    case 'not':
      return looksAt(ops, filter.filter);
    default:
      return ops.includes(filter.op);
  }
}
