import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { PersonalAccessTokenFieldName } from '@zitadel/proto/zitadel/user/v2/pat_pb.js';
import type {
  AddPersonalAccessTokenRequest,
  ListPersonalAccessTokensRequest,
  RemovePersonalAccessTokenRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { addAccessToken } from '#core/commands/access-tokens.ts';
import { revokeToken } from '#core/commands/tokens.ts';
import { keyOf, type Operation, userOf } from '#dialects/zitadel/call.ts';
import { type Column, listCredentials, readPage } from '#dialects/zitadel/credential-list.ts';
import { decodeCredentialFilters } from '#dialects/zitadel/decode/credential-filters.ts';
import { decodeInstant } from '#dialects/zitadel/decode/instant.ts';
import { timestamp } from '#dialects/zitadel/encode.ts';
import { isPersonal, personalRights } from '#dialects/zitadel/token-rights.ts';

/** POST /v2/users/{userId}/pats */
export const addPersonalAccessToken: Operation<AddPersonalAccessTokenRequest> = {
  async run(call, { userId, expirationDate }) {
    // Its rules say that it is there.
    const expiresAt = decodeInstant(expirationDate as Timestamp, 'expirationDate');
    const input = { user: await keyOf(call, userId), dialect: 'zitadel', rights: personalRights, expiresAt };
    const outcome = await call.acting.run(addAccessToken, input, call.options);
    const { id, createdAt, token } = outcome.result;
    const made = token === undefined ? {} : { tokenId: id, token };
    return { body: { creationDate: timestamp(createdAt), ...made }, version: userOf(outcome).version };
  },
};

/** DELETE /v2/users/{userId}/pats/{tokenId} */
export const removePersonalAccessToken: Operation<RemovePersonalAccessTokenRequest> = {
  async run(call, { userId, tokenId }) {
    const user = await keyOf(call, userId);
    const input = { id: tokenId, holder: { user }, lastingOf: { user, dialect: 'zitadel' } };
    const { result } = await call.acting.run(revokeToken, input, call.options);
    return { body: { deletionDate: timestamp(result) } };
  },
};

const columns: Readonly<Partial<Record<PersonalAccessTokenFieldName, Column>>> = {
  [PersonalAccessTokenFieldName.EXPIRATION_DATE]: 'expiresAt',
  [PersonalAccessTokenFieldName.ID]: 'id',
  [PersonalAccessTokenFieldName.ORGANIZATION_ID]: 'organizationId',
  [PersonalAccessTokenFieldName.USER_ID]: 'userId',
};

/** POST /v2/users/pats/search */
export const listPersonalAccessTokens: Operation<ListPersonalAccessTokensRequest> = {
  async run(call, { pagination, sortingColumn, filters }) {
    const page = readPage(pagination, columns[sortingColumn ?? PersonalAccessTokenFieldName.UNSPECIFIED]);
    const wanted = decodeCredentialFilters(filters);
    const tokens = (await call.acting.lastingTokens('zitadel')).filter(isPersonal);
    return { body: await listCredentials(call, tokens, wanted, page) };
  },
};
