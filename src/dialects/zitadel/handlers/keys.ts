import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { KeyFieldName } from '@zitadel/proto/zitadel/user/v2/key_pb.js';
import type {
  AddKeyRequest,
  ListKeysRequest,
  RemoveKeyRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { newRsaKeyPair } from '#auth/key-pairs.ts';
import { type AddedKey, addKey as addKeyCommand, removeKey as removeKeyCommand } from '#core/commands/machine-keys.ts';
import { keyOf, type Operation, userOf } from '#dialects/zitadel/call.ts';
import { type Column, listCredentials, readPage } from '#dialects/zitadel/credential-list.ts';
import { decodeCredentialFilters } from '#dialects/zitadel/decode/credential-filters.ts';
import { decodeInstant } from '#dialects/zitadel/decode/instant.ts';
import { decodePublicKey } from '#dialects/zitadel/decode/public-key.ts';
import { timestamp } from '#dialects/zitadel/encode.ts';

/** POST /v2/users/{userId}/keys */
export const addKey: Operation<AddKeyRequest> = {
  async run(call, { userId, publicKey: given, expirationDate }) {
    const publicKey = decodePublicKey(given) ?? newRsaKeyPair;
    // Its rules say that it is there.
    const expiresAt = decodeInstant(expirationDate as Timestamp, 'expirationDate');
    const input = { user: await keyOf(call, userId), dialect: 'zitadel', publicKey, expiresAt };
    const outcome = await call.acting.run(addKeyCommand, input, call.options);
    const { id, createdAt } = outcome.result;
    const body = { creationDate: timestamp(createdAt), ...(id === '' ? {} : { keyId: id }) };
    return { body: { ...body, ...keyContent(userId, outcome.result) }, version: userOf(outcome).version };
  },
};

/** The file that the vendor's clients read a service account from, as bytes are written in JSON. */
function keyContent(userId: string, { id, expiresAt, privateKey }: AddedKey): { keyContent?: string } {
  if (privateKey === undefined) return {};
  const expirationDate = timestamp(expiresAt);
  const file = { type: 'serviceaccount', keyId: id, key: privateKey, expirationDate, userId };
  return { keyContent: Buffer.from(JSON.stringify(file)).toString('base64') };
}

/** DELETE /v2/users/{userId}/keys/{keyId} */
export const removeKey: Operation<RemoveKeyRequest> = {
  async run(call, { userId, keyId }) {
    const input = { user: await keyOf(call, userId), dialect: 'zitadel', id: keyId };
    const outcome = await call.acting.run(removeKeyCommand, input, call.options);
    const { changedAt, version } = userOf(outcome);
    return { body: { deletionDate: timestamp(changedAt) }, version };
  },
};

const columns: Readonly<Partial<Record<KeyFieldName, Column>>> = {
  [KeyFieldName.ID]: 'id',
  [KeyFieldName.KEY_EXPIRATION_DATE]: 'expiresAt',
  [KeyFieldName.ORGANIZATION_ID]: 'organizationId',
  [KeyFieldName.USER_ID]: 'userId',
};

/** POST /v2/users/keys/search */
export const listKeys: Operation<ListKeysRequest> = {
  async run(call, { pagination, sortingColumn, filters }) {
    const page = readPage(pagination, columns[sortingColumn ?? KeyFieldName.UNSPECIFIED]);
    const wanted = decodeCredentialFilters(filters);
    return { body: await listCredentials(call, await call.acting.keys('zitadel'), wanted, page) };
  },
};
