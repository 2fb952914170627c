import type { AddHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { createUser } from '#core/commands/create-user.ts';
import { answerOf, type Operation } from '#dialects/zitadel/call.ts';
import { decodeNewHuman } from '#dialects/zitadel/decode/new-user.ts';
import { userIdOf } from '#dialects/zitadel/encode.ts';
import { organizationNotFound, realmNamed } from '#dialects/zitadel/organizations.ts';

/** POST /v2/users/human */
export const addHumanUser: Operation<AddHumanUserRequest> = {
  async run(call, request) {
    const {
      input,
      faults: [fault],
    } = decodeNewHuman(request);
    if (fault !== undefined) throw fault.error;
    const { org } = request.organization ?? {};
    // Organizations have no domains here.
    if (org?.case === 'orgDomain' && org.value !== '') throw organizationNotFound();
    const realm = await realmNamed(call, org?.value || call.organization);
    const outcome = await call.acting.run(createUser, { ...input, realm }, call.options);
    const userId = outcome.user === undefined ? '' : userIdOf(outcome.user);
    const { body, version } = await answerOf(call, outcome, outcome.result);
    return { body: { userId, ...body }, version };
  },
};
