import type { Organization } from '@zitadel/proto/zitadel/object/v2/object_pb.js';
import type { AddHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { createUser } from '#core/commands/create-user.ts';
import type { RealmKey } from '#core/realm.ts';
import { answerOf, type Call, type Operation } from '#dialects/zitadel/call.ts';
import { decodeCreation } from '#dialects/zitadel/decode/add-human-user.ts';
import { userIdOf } from '#dialects/zitadel/encode.ts';
import { refusal } from '#dialects/zitadel/errors.ts';

/** POST /v2/users/human */
export const addHumanUser: Operation<AddHumanUserRequest> = {
  async run(call, request) {
    const {
      input,
      faults: [fault],
    } = decodeCreation(request);
    if (fault !== undefined) throw fault.error;
    const realm = await realmFor(call, request.organization);
    const outcome = await call.acting.run(createUser, { ...input, realm }, call.options);
    const userId = outcome.user === undefined ? '' : userIdOf(outcome.user);
    const { body, version } = await answerOf(call, outcome, outcome.result);
    return { body: { userId, ...body }, version };
  },
};

/** The request's organization wins over the header's, and that over the caller's own. */
async function realmFor(call: Call, organization: Organization | undefined): Promise<RealmKey> {
  const { realm } = call.actor;
  const byDomain = organization?.org.case === 'orgDomain';
  const wanted = organization?.org.value || call.organization || undefined;
  // Realms never see each other, and have no domains: any other organization is one that is not there.
  if (wanted === undefined || (!byDomain && wanted === (await call.organizationOf(realm)))) return realm;
  throw refusal('COMMA-095xh8fll1', 'organization');
}
