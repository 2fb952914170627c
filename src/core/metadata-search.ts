import type { Metadata, MetadataId } from './metadata.ts';
import { metadataKey } from './metadata.ts';
import type { Store } from './ports.ts';
import { meets, type TextMatch } from './text-match.ts';
import type { UserKey } from './user.ts';

/** Metadata whose keys meet all filters, in the order of the keys. */
export interface MetadataQuery {
  readonly filters: readonly TextMatch[];
  readonly offset: number;
  readonly limit: number;
  readonly descending?: boolean;
}

export interface MetadataPage {
  readonly metadata: readonly Metadata[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** A user has so few keys that they are all looked at; values are read for the page alone. */
export async function searchMetadata(
  store: Pick<Store, 'load'>,
  user: UserKey,
  { filters, offset, limit, descending }: MetadataQuery,
): Promise<MetadataPage> {
  const { metadataSizes } = await store.load({ metadataSizesOf: [user] });
  const keys = [...(metadataSizes.get(user)?.keys() ?? [])].filter((key) => filters.every((one) => meets(key, one)));
  keys.sort();
  if (descending) keys.reverse();
  const metadata = await read(
    store,
    keys.slice(offset, offset + limit).map((key) => ({ user, key })),
  );
  return { metadata, total: keys.length };
}

/** All that is kept about a user, in the order of the keys. */
export async function allMetadata(store: Pick<Store, 'load'>, user: UserKey): Promise<readonly Metadata[]> {
  return (await searchMetadata(store, user, { filters: [], offset: 0, limit: Number.MAX_SAFE_INTEGER })).metadata;
}

/** What is dropped meanwhile is left out. */
async function read(store: Pick<Store, 'load'>, wanted: readonly MetadataId[]): Promise<Metadata[]> {
  if (wanted.length === 0) return [];
  const { metadata } = await store.load({ metadata: wanted });
  return wanted.flatMap((id) => metadata.get(metadataKey(id)) ?? []);
}
