import type { AddHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { createUser } from '#core/commands/create-user.ts';
import { answerOf, type Operation } from '#dialects/zitadel/call.ts';
import { decodeNewHuman } from '#dialects/zitadel/decode/new-user.ts';
import { userIdOf } from '#dialects/zitadel/encode.ts';
import { refusal } from '#dialects/zitadel/errors.ts';
import { realmFor } from './organization.ts';

/** POST /v2/users/human */
export const addHumanUser: Operation<AddHumanUserRequest> = {
  async run(call, request) {
    const {
      input,
      faults: [fault],
    } = decodeNewHuman(request);
    if (fault !== undefined) throw fault.error;
    const { org } = request.organization ?? {};
    // Realms have no domains.
    if (org?.case === 'orgDomain' && org.value !== '') throw refusal('COMMA-095xh8fll1', 'organization');
    const realm = await realmFor(call, org?.value);
    const outcome = await call.acting.run(createUser, { ...input, realm }, call.options);
    const userId = outcome.user === undefined ? '' : userIdOf(outcome.user);
    const { body, version } = await answerOf(call, outcome, outcome.result);
    return { body: { userId, ...body }, version };
  },
};
