import type { Command } from '#core/command.ts';
import type { MetadataEntry } from '#core/metadata.ts';
import type { UserKey } from '#core/user.ts';
import { decideMetadata, touchesMetadata } from './metadata.ts';
import { targetOf } from './update-user.ts';

export interface SetMetadataInput {
  readonly user: UserKey;
  readonly metadata: readonly (MetadataEntry & { readonly value: string })[];
}

/** Puts values under keys, in one change; a value that stands there already is none. */
export const setMetadata: Command<SetMetadataInput, undefined, undefined> = {
  name: 'set-metadata',

  touches: ({ user, metadata }) => ({ users: [user], ...touchesMetadata(metadata, user) }),

  decide(state, { user: asked, metadata: entries }, _facts, context) {
    const { key, user } = targetOf({ user: asked }, state, context);
    const metadata = decideMetadata(entries, user, context);
    return { user: { key, fields: user.fields, metadata }, result: undefined };
  },
};
