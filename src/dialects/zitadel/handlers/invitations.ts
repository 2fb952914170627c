import type {
  CreateInviteCodeRequest,
  ResendInviteCodeRequest,
  VerifyInviteCodeRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { confirmCode } from '#core/commands/confirm-code.ts';
import { requestInvitation } from '#core/commands/request-invitation.ts';
import type { CodeRequest } from '#core/commands/user-input.ts';
import { act, type Operation } from '#dialects/zitadel/call.ts';
import { decodeLink } from '#dialects/zitadel/decode/contact.ts';
import type { Fault } from '#dialects/zitadel/decode/faults.ts';

/** POST /v2/users/{userId}/invite_code */
export const createInviteCode: Operation<CreateInviteCodeRequest> = {
  run: (call, { userId, verification }) =>
    act(call, userId, requestInvitation, { request: decodeDelivery(verification) }, ({ code }) =>
      code === undefined ? {} : { inviteCode: code },
    ),
};

/** POST /v2/users/{userId}/invite_code/resend */
export const resendInviteCode: Operation<ResendInviteCodeRequest> = {
  run: (call, { userId }) => act(call, userId, requestInvitation, {}),
};

/** POST /v2/users/{userId}/invite_code/verify */
export const verifyInviteCode: Operation<VerifyInviteCodeRequest> = {
  run: (call, { userId, verificationCode }) =>
    act(call, userId, confirmCode, { code: 'invite', given: verificationCode }),
};

/** A code is sent when nothing is said. */
function decodeDelivery(verification: CreateInviteCodeRequest['verification']): CodeRequest {
  if (verification.case === 'returnCode') return { deliver: 'return' };
  const { urlTemplate, applicationName } = verification.value ?? {};
  const faults: Fault[] = [];
  const link = decodeLink(urlTemplate, 'sendCode.urlTemplate', faults);
  for (const { error } of faults) throw error;
  return {
    deliver: 'send',
    ...(link === undefined ? {} : { link }),
    ...(applicationName === undefined ? {} : { applicationName }),
  };
}
