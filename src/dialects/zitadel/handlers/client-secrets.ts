import type { AddSecretRequest, RemoveSecretRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { addClientSecret, removeClientSecret } from '#core/commands/client-secret.ts';
import { keyOf, type Operation, userOf } from '#dialects/zitadel/call.ts';
import { timestamp } from '#dialects/zitadel/encode.ts';

/** POST /v2/users/{userId}/secret */
export const addSecret: Operation<AddSecretRequest> = {
  async run(call, { userId }) {
    const outcome = await call.acting.run(addClientSecret, { user: await keyOf(call, userId) }, call.options);
    const { changedAt, version } = userOf(outcome);
    const { secret } = outcome.result;
    const body = { creationDate: timestamp(changedAt), ...(secret === undefined ? {} : { clientSecret: secret }) };
    return { body, version };
  },
};

/** DELETE /v2/users/{userId}/secret */
export const removeSecret: Operation<RemoveSecretRequest> = {
  async run(call, { userId }) {
    const outcome = await call.acting.run(removeClientSecret, { user: await keyOf(call, userId) }, call.options);
    const { changedAt, version } = userOf(outcome);
    return { body: { deletionDate: timestamp(changedAt) }, version };
  },
};
