import { type Filter, matches, type Order, orderKey, type Page, type PageRequest } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import type { DialectId, Loaded, Wanted } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import type { User, UserKey } from '#core/user.ts';

/** Where the users that a filter can match are all found by keys. */
interface Pointers {
  readonly users: readonly UserKey[];
  readonly names: readonly string[];
  readonly ids: readonly DialectId[];
  readonly emails: readonly string[];
}

/** More than these are a search like any other. */
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
  const { names, ids, emails } = await load(pointers);
  const holders = [...(emails?.values() ?? [])].flat();
  const keys = new Set([...pointers.users, ...names.values(), ...ids.values(), ...holders]);
  if (keys.size > maxPointers) return undefined;
  const { users } = await load({ users: keys });
  return [...users.values()].filter((user) => matches(filter, user, []));
}

/** Undefined when anybody could match. */
function pointersOf(filter: Filter): Pointers | undefined {
  switch (filter.op) {
    case 'user':
      return { ...none, users: [filter.key] };
    case 'name':
      return { ...none, names: [nameKey(filter.name)] };
    case 'ids':
      return { ...none, ids: filter.ids.map((value) => ({ dialect: filter.dialect, value })) };
    case 'emails':
      return { ...none, emails: filter.addresses.map(foldText) };
    case 'text': {
      if (filter.method !== 'equals') return undefined;
      if (filter.path === 'email.address') return { ...none, emails: [foldText(filter.text)] };
      const isName = filter.path === 'username' || filter.path.startsWith('loginNames.');
      return isName ? { ...none, names: [nameKey(filter.text)] } : undefined;
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

const none: Pointers = { users: [], names: [], ids: [], emails: [] };

function joined(one: Pointers, other: Pointers): Pointers {
  return {
    users: [...one.users, ...other.users],
    names: [...one.names, ...other.names],
    ids: [...one.ids, ...other.ids],
    emails: [...one.emails, ...other.emails],
  };
}

function sizeOf({ users, names, ids, emails }: Pointers): number {
  return users.length + names.length + ids.length + emails.length;
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
