import type { PaginationRequest } from '@zitadel/proto/zitadel/filter/v2/filter_pb.js';
import type { Instant } from '#core/instant.ts';
import type { UserKey } from '#core/user.ts';
import type { Call } from './call.ts';
import { timestamp } from './encode.ts';
import { refusal } from './errors.ts';

/** A key or a personal access token, as it is listed. */
export interface Credential {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

export type Column = keyof Credential;

interface Page {
  readonly offset: number;
  readonly limit: number;
  readonly ascending: boolean;
  readonly column: Column;
}

const defaultLimit = 100;
const maxLimit = 1000;

/** Which part is wanted: the newest first unless it is said. A limit over 1000 is QUERY-4M0fs. */
export function readPage(pagination: PaginationRequest | undefined, column: Column = 'createdAt'): Page {
  const { offset = 0n, limit = 0, asc = false } = pagination ?? {};
  if (limit > maxLimit) throw refusal('QUERY-4M0fs', 'pagination.limit');
  return { offset: Number(offset), limit: limit || defaultLimit, ascending: asc, column };
}

interface Held {
  readonly id: string;
  readonly user?: UserKey;
  readonly createdAt: Instant;
  readonly expiresAt?: Instant;
}

/** Those of the rows that are wanted, as the vendor's responses list them. */
export async function listCredentials(
  call: Call,
  rows: readonly Held[],
  isWanted: (credential: Credential) => boolean,
  { offset, limit, ascending, column }: Page,
): Promise<object> {
  const found = (await credentialsOf(call, rows)).filter(isWanted);
  const direction = ascending ? 1 : -1;
  found.sort((a, b) => direction * (compare(a[column], b[column]) || compare(a.id, b.id)));
  const total = found.length === 0 ? {} : { totalResult: String(found.length) };
  const result = found.slice(offset, offset + limit).map(encode);
  return {
    pagination: { ...total, appliedLimit: String(limit) },
    ...(result.length === 0 ? {} : { result }),
  };
}

async function credentialsOf({ directory, organizationOf }: Call, rows: readonly Held[]): Promise<Credential[]> {
  const users = await directory.identify(new Set(rows.flatMap(({ user }) => user ?? [])));
  const credentials = rows.map(async ({ id, user, createdAt, expiresAt = '' }) => {
    const holder = user === undefined ? undefined : users.get(user);
    const organizationId = holder === undefined ? '' : await organizationOf(holder.realm);
    return { id, userId: holder?.ids['zitadel'] ?? '', organizationId, createdAt, expiresAt };
  });
  return await Promise.all(credentials);
}

// By code points, as text in the vendor's database; the moments are text of one length.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encode({ createdAt, expiresAt, ...ids }: Credential): object {
  const creationDate = timestamp(createdAt);
  return { creationDate, changeDate: creationDate, ...ids, expirationDate: timestamp(expiresAt) };
}
