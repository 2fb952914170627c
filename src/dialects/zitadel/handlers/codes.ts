import { NotificationType } from '@zitadel/proto/zitadel/user/v2/password_pb.js';
import type {
  PasswordResetRequest,
  VerifyEmailRequest,
  VerifyPhoneRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { confirmCode } from '#core/commands/confirm-code.ts';
import { type RequestCodeInput, requestCode } from '#core/commands/request-code.ts';
import { act, type Operation } from '#dialects/zitadel/call.ts';
import { decodeLink } from '#dialects/zitadel/decode/contact.ts';
import type { Fault } from '#dialects/zitadel/decode/faults.ts';

/** POST /v2/users/{userId}/password_reset */
export const passwordReset: Operation<PasswordResetRequest> = {
  async run(call, { userId, medium }) {
    const input = { code: 'password', ...deliveryOf(medium) } as const;
    return await act(call, userId, requestCode, input, ({ code }) =>
      code === undefined ? {} : { verificationCode: code },
    );
  },
};

/** POST /v2/users/{userId}/email/verify */
export const verifyEmail: Operation<VerifyEmailRequest> = {
  run: (call, { userId, verificationCode }) =>
    act(call, userId, confirmCode, { code: 'email', given: verificationCode }),
};

/** POST /v2/users/{userId}/phone/verify */
export const verifyPhone: Operation<VerifyPhoneRequest> = {
  run: (call, { userId, verificationCode }) =>
    act(call, userId, confirmCode, { code: 'phone', given: verificationCode }),
};

/** A link is sent by mail unless a text message is asked for, and when nothing is said. */
function deliveryOf(medium: PasswordResetRequest['medium']): Pick<RequestCodeInput, 'deliver' | 'channel' | 'link'> {
  if (medium.case === 'returnCode') return { deliver: 'return' };
  const faults: Fault[] = [];
  const link = decodeLink(medium.value?.urlTemplate, 'sendLink.urlTemplate', faults);
  for (const { error } of faults) throw error;
  const channel = medium.value?.notificationType === NotificationType.SMS ? 'text' : 'email';
  return { deliver: 'send', channel, ...(link === undefined ? {} : { link }) };
}
