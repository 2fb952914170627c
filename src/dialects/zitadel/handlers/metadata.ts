import type {
  DeleteUserMetadataRequest,
  ListUserMetadataRequest,
  SetUserMetadataRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Command } from '#core/command.ts';
import { deleteMetadata } from '#core/commands/delete-metadata.ts';
import { setMetadata } from '#core/commands/set-metadata.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import { type Answer, type Call, keyOf, type Operation } from '#dialects/zitadel/call.ts';
import { decodeMetadataQuery, decodeSetting } from '#dialects/zitadel/decode/metadata.ts';
import { encodeMetadata, timestamp } from '#dialects/zitadel/encode.ts';
import { refusal } from '#dialects/zitadel/errors.ts';

/** POST /v2/users/{userId}/metadata */
export const setUserMetadata: Operation<SetUserMetadataRequest> = {
  async run(call, { userId, metadata }) {
    return await change(call, userId, setMetadata, { metadata: decodeSetting(metadata) }, 'setDate');
  },
};

/** DELETE /v2/users/{userId}/metadata */
export const deleteUserMetadata: Operation<DeleteUserMetadataRequest> = {
  async run(call, { userId, keys }) {
    if (keys.length === 0) throw refusal('META-9mm2d', 'keys');
    return await change(call, userId, deleteMetadata, { keys }, 'deletionDate');
  },
};

/** POST /v2/users/{userId}/metadata/search */
export const listUserMetadata: Operation<ListUserMetadataRequest> = {
  async run(call, { userId, pagination, filters }) {
    const query = decodeMetadataQuery(pagination, filters);
    const user = await call.acting.getBy('zitadel', userId);
    // The vendor asks for user.read, which nobody has by being the user.
    if (!mayAdminister(call.actor, user, 'zitadel')) throw notPermitted();
    const { metadata, total } = await call.acting.metadata(user.key, query);
    const pages = { ...(total > 0 && { totalResult: String(total) }), appliedLimit: String(query.limit) };
    const found = metadata.length > 0 && { metadata: metadata.map(encodeMetadata) };
    return { body: { pagination: pages, ...found }, version: user.version };
  },
};

/** Runs a command and answers when the user was changed last: by it, unless there was nothing to change. */
async function change<Input extends { readonly user: number }>(
  call: Call,
  userId: string,
  command: Command<Input, undefined, undefined>,
  input: Omit<Input, 'user'>,
  member: 'setDate' | 'deletionDate',
): Promise<Answer> {
  const key = await keyOf(call, userId);
  const { user } = await call.acting.run(command, { ...input, user: key } as Input, call.options);
  if (user === undefined) throw new Error('A command about a user came to no user.');
  return { body: { [member]: timestamp(user.changedAt) }, version: user.version };
}
