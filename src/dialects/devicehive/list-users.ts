import type { ActingDirectory } from '#core/directory.ts';
import { type Filter, likeExactly, type Order } from '#core/filter.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { RealmKey } from '#core/realm.ts';
import type { User, UserState } from '#core/user.ts';
import type { Handler, Transport } from './call.ts';
import { administratorRole, clientRole, encodeListed } from './encode.ts';
import { Refusal, refusals } from './errors.ts';
import { integerOf, optional, textOf } from './members.ts';

/** Which users are wanted, and which of them. */
export interface Listing {
  readonly filter: Filter;
  readonly order?: Order;
  readonly skip: number;
  /** Absent: all. */
  readonly take?: number;
}

/** `user/list`, `GET /user`. */
export const listUsers: Handler = async ({ params, via, transport }, { directory }, actor) => {
  const listing = readListing(params, actor.realm, transport);
  return { listed: pagesOf(directory.as(actor, via), listing) };
};

/** `user/count`, `GET /user/count`. */
export const countUsers: Handler = async ({ params, via }, { directory }, actor) => {
  return { shown: { count: await directory.as(actor, via).count(readFilter(params, actor.realm)) } };
};

const usersPerPage = 500;

/** Reads page by page, each behind the last, so that users who come or go meanwhile move nobody. */
async function* pagesOf(acting: ActingDirectory, listing: Listing): AsyncGenerator<readonly JsonObject[]> {
  const { filter, order, skip, take = Number.POSITIVE_INFINITY } = listing;
  let after: User | undefined;
  for (let left = take; left > 0; ) {
    const from = after === undefined ? { offset: skip } : { offset: 0, after };
    const page = { ...from, limit: Math.min(left, usersPerPage), ...(order ? { order } : {}) };
    const { users, hasMore } = await acting.find(filter, page);
    yield users.map(encodeListed);
    if (!hasMore) return;
    left -= users.length;
    after = users.at(-1);
  }
}

/** Over WebSocket an answer is one frame, so it has 20 users unless more are asked for, and not without end. */
const takenOverSocket = { unlessSaid: 20, most: 10_000 };

/** The members of a request for users; those that are null are as if absent. */
export function readListing(params: JsonObject, realm: RealmKey, transport: Transport): Listing {
  const filter = readFilter(params, realm);
  const order = readOrder(params);
  const skip = optional(params.skip, countOf) ?? 0;
  const asked = optional(params.take, countOf) ?? undefined;
  const take = transport === 'socket' ? (asked ?? takenOverSocket.unlessSaid) : asked;
  if (transport === 'socket' && take !== undefined && take > takenOverSocket.most) {
    throw new Refusal(400, `take should not be more than ${takenOverSocket.most} over WebSocket`);
  }
  return { filter, ...(order ? { order } : {}), skip, ...(take === undefined ? {} : { take }) };
}

/** As the vendor has it, a pattern overrides the login. */
function readFilter({ login, loginPattern, role, status }: JsonObject, realm: RealmKey): Filter {
  const name = optional(login, textOf);
  const pattern = optional(loginPattern, textOf);
  const filters = [
    ...(pattern !== undefined && pattern !== null ? [likePattern(pattern)] : exactly(name)),
    ...(optional(role, oneOf(roles)) ?? []),
    ...(optional(status, oneOf(statuses)) ?? []),
  ];
  return { op: 'and', filters: [{ op: 'realm', realm }, ...filters] };
}

const maxPatternLength = 400;

function likePattern(like: string): Filter {
  if (like.length > maxPatternLength) throw refusals.invalidParameters();
  return { op: 'loginName', dialect: 'devicehive', like };
}

/** The name is looked up first: then one user's login is compared, and not everybody's. */
function exactly(name: string | null | undefined): Filter[] {
  if (name === undefined || name === null) return [];
  return [
    { op: 'name', name },
    { op: 'loginName', dialect: 'devicehive', like: likeExactly(name) },
  ];
}

const administrators: Filter = { op: 'administers', dialect: 'devicehive' };
const inState = (state: UserState): Filter => ({ op: 'state', state });

const roles: ReadonlyMap<number, Filter> = new Map<number, Filter>([
  [administratorRole, administrators],
  [clientRole, { op: 'not', filter: administrators }],
]);

const statuses: ReadonlyMap<number, Filter> = new Map<number, Filter>([
  [0, { op: 'or', filters: [inState('active'), inState('initial')] }],
  [1, inState('locked')],
  [2, inState('disabled')],
]);

function oneOf(filters: ReadonlyMap<number, Filter>): (value: Json) => Filter[] {
  return (value) => {
    const filter = filters.get(integerOf(value));
    if (filter === undefined) throw refusals.invalidParameters();
    return [filter];
  };
}

function readOrder({ sortField, sortOrder }: JsonObject): Order | undefined {
  const field = optional(sortField, textOf)?.toLowerCase();
  const direction = optional(sortOrder, textOf) ?? 'ASC';
  if (field !== undefined && field !== 'id' && field !== 'login') throw refusals.invalidParameters();
  if (!/^(asc|desc)$/i.test(direction)) throw new Refusal(400, `Unparseable sort order : ${direction}`);
  if (field === undefined) return undefined;
  const by = field === 'id' ? 'id' : 'loginName';
  return { by, dialect: 'devicehive', descending: direction.toLowerCase() === 'desc' };
}

function countOf(value: Json): number {
  const count = integerOf(value);
  if (count < 0) throw refusals.invalidParameters();
  return count;
}
