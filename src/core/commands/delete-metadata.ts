import type { Command } from '#core/command.ts';
import { type MetadataEntry, metadataNotFound } from '#core/metadata.ts';
import type { UserKey } from '#core/user.ts';
import { decideMetadata, touchesMetadata } from './metadata.ts';
import { targetOf } from './update-user.ts';

export interface DeleteMetadataInput {
  readonly user: UserKey;
  readonly keys: readonly string[];
}

/** Drops keys, in one change. When one of them is not there, `metadata_not_found` is told and all stay. */
export const deleteMetadata: Command<DeleteMetadataInput, undefined, undefined> = {
  name: 'delete-metadata',

  touches: (input) => ({ users: [input.user], ...touchesMetadata(entriesOf(input), input.user) }),

  decide(state, input, _facts, context) {
    const { key, user } = targetOf({ user: input.user }, state, context);
    const metadata = decideMetadata(entriesOf(input), user, context);
    for (const name of metadata.keys()) if (state.metadata(key, name) === undefined) throw metadataNotFound();
    return { user: { key, fields: user.fields, metadata }, result: undefined };
  },
};

function entriesOf({ keys }: DeleteMetadataInput): MetadataEntry[] {
  return keys.map((key) => ({ key, value: null }));
}
