import type { PaginationRequest } from '@zitadel/proto/zitadel/filter/v2/filter_pb.js';
import type { MetadataSearchFilter } from '@zitadel/proto/zitadel/metadata/v2/metadata_pb.js';
import type { MetadataEntry } from '#core/metadata.ts';
import type { MetadataQuery } from '#core/metadata-search.ts';
import type { TextMatch } from '#core/text-match.ts';
import type { MetadataEntry as SentEntry } from '#dialects/zitadel/descriptors.ts';
import { refusal } from '#dialects/zitadel/errors.ts';
import { type Fault, refusedBy } from './faults.ts';
import { textMatch } from './text-match.ts';

type Setting = MetadataEntry & { readonly value: string };

/** What is to be set; there must be something. */
export function decodeSetting(entries: readonly SentEntry[]): Setting[] {
  if (entries.length === 0) throw refusal('META-9mm2d', 'metadata');
  return entries.map(({ key, value }) => ({ key, value: value.toBase64() }));
}

/** What a new user is to have. The vendor takes a key of blanks for an empty one. */
export function decodeNewMetadata(entries: readonly SentEntry[], faults: Fault[]): Setting[] {
  return entries.map(({ key, value }, index) => {
    if (key.trim() === '') faults.push(refusedBy('USER-Drght', `metadata[${index}].key`));
    else if (value.length === 0) faults.push(refusedBy('USER-Dbgth', `metadata[${index}].value`));
    return { key, value: value.toBase64() };
  });
}

/** What an update is to change: an empty value takes the key away. */
export function decodeMetadataUpdate(entries: readonly SentEntry[]): MetadataEntry[] {
  return entries.map(({ key, value }) => ({ key, value: value.length === 0 ? null : value.toBase64() }));
}

const limits = { standard: 100, most: 1000 } as const;

/** A search; all of its filters must hold. */
export function decodeMetadataQuery(
  pagination: PaginationRequest | undefined,
  filters: readonly MetadataSearchFilter[],
): MetadataQuery {
  const { offset = 0n, limit = 0, asc = false } = pagination ?? {};
  if (limit > limits.most) throw refusal('QUERY-4M0fs', 'pagination.limit');
  return {
    filters: filters.flatMap(decodeFilter),
    offset: Number(offset),
    limit: limit || limits.standard,
    descending: !asc,
  };
}

function decodeFilter({ filter }: MetadataSearchFilter): TextMatch[] {
  return filter.case === undefined ? [] : [textMatch(filter.value.key, filter.value.method)];
}
