import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { TimestampFilterMethod } from '@zitadel/proto/zitadel/filter/v2/filter_pb.js';
import type { KeysSearchFilter } from '@zitadel/proto/zitadel/user/v2/key_pb.js';
import type { PersonalAccessTokensSearchFilter } from '@zitadel/proto/zitadel/user/v2/pat_pb.js';
import { epochMsOf, type Instant } from '#core/instant.ts';
import type { Credential } from '#dialects/zitadel/credential-list.ts';

type Filter = (KeysSearchFilter | PersonalAccessTokensSearchFilter)['filter'];
type TimestampFilter = Extract<Filter, { case: 'createdDateFilter' }>['value'];

/** What all of these filters together let through; that each says something is one of their rules. */
export function decodeCredentialFilters(
  filters: readonly { readonly filter: Filter }[],
): (credential: Credential) => boolean {
  const checks = filters.map(({ filter }) => checkOf(filter));
  return (credential) => checks.every((check) => check(credential));
}

function checkOf(filter: Filter): (credential: Credential) => boolean {
  switch (filter.case) {
    case 'userIdFilter':
      return ({ userId }) => userId === filter.value.id;
    case 'organizationIdFilter':
      return ({ organizationId }) => organizationId === filter.value.id;
    case 'createdDateFilter':
      return ({ createdAt }) => holds(filter.value, createdAt);
    case 'expirationDateFilter':
      return ({ expiresAt }) => holds(filter.value, expiresAt);
    default:
      return ({ id }) => id === filter.value?.id;
  }
}

const comparisons: Readonly<Record<TimestampFilterMethod, (difference: bigint) => boolean>> = {
  [TimestampFilterMethod.EQUALS]: (difference) => difference === 0n,
  [TimestampFilterMethod.AFTER]: (difference) => difference > 0n,
  [TimestampFilterMethod.AFTER_OR_EQUALS]: (difference) => difference >= 0n,
  [TimestampFilterMethod.BEFORE]: (difference) => difference < 0n,
  [TimestampFilterMethod.BEFORE_OR_EQUALS]: (difference) => difference <= 0n,
};

/** Compared to the nanosecond: what is sent may lie between two milliseconds. None stands for 1970. */
function holds({ timestamp, method }: TimestampFilter, at: Instant): boolean {
  return comparisons[method](BigInt(epochMsOf(at)) * 1_000_000n - nanosOf(timestamp));
}

function nanosOf(timestamp: Timestamp | undefined): bigint {
  return timestamp === undefined ? 0n : timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
}
