import type { Context, Touches } from '#core/command.ts';
import { type MetadataEntry, type MetadataPatch, metadataLimits, normaliseMetadata } from '#core/metadata.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { User, UserKey } from '#core/user.ts';

/** What must be read for entries to be written; nothing for more than are ever taken. */
export function touchesMetadata(entries: readonly Pick<MetadataEntry, 'key'>[] | undefined, user: UserKey): Touches {
  if (entries === undefined || entries.length > metadataLimits.keys) return {};
  return { metadata: entries.map(({ key }) => ({ user, key })) };
}

/** Metadata is the administrators' to write: to be the user itself is not enough. */
export function authorizeMetadata(user: User | undefined, { actor, via }: Pick<Context, 'actor' | 'via'>): void {
  if (user && !mayAdminister(actor, user, via.dialect)) throw notPermitted('metadata');
}

export function decideMetadata(
  entries: readonly MetadataEntry[],
  user: User | undefined,
  context: Context,
): MetadataPatch {
  authorizeMetadata(user, context);
  return normaliseMetadata(entries);
}
