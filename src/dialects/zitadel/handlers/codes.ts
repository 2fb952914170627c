import { NotificationType } from '@zitadel/proto/zitadel/user/v2/password_pb.js';
import type {
  PasswordResetRequest,
  ResendEmailCodeRequest,
  ResendPhoneCodeRequest,
  SendEmailCodeRequest,
  VerifyEmailRequest,
  VerifyPhoneRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { confirmCode } from '#core/commands/confirm-code.ts';
import { type RequestCodeInput, requestCode } from '#core/commands/request-code.ts';
import type { CodeRequest } from '#core/commands/user-input.ts';
import { type Answer, act, type Call, type Operation } from '#dialects/zitadel/call.ts';
import { decodeLink } from '#dialects/zitadel/decode/contact.ts';
import type { Fault } from '#dialects/zitadel/decode/faults.ts';

/** POST /v2/users/{userId}/password_reset */
export const passwordReset: Operation<PasswordResetRequest> = {
  async run(call, { userId, medium }) {
    return await askForCode(call, userId, { code: 'password', ...deliveryOfReset(medium) });
  },
};

export const resendEmailCode: Operation<ResendEmailCodeRequest> = emailCodeOperation({ onlyAgain: true });
export const sendEmailCode: Operation<SendEmailCodeRequest> = emailCodeOperation({});

/** POST /v2/users/{userId}/email/resend and its like */
function emailCodeOperation(
  more: Pick<RequestCodeInput, 'onlyAgain'>,
): Operation<Pick<SendEmailCodeRequest, 'userId' | 'verification'>> {
  return {
    run: async (call, { userId, verification }) => {
      const returned = verification.case === 'returnCode';
      const urlTemplate = verification.case === 'sendCode' ? verification.value.urlTemplate : undefined;
      const delivery = returned ? ({ deliver: 'return' } as const) : sentWith(urlTemplate, 'sendCode.urlTemplate');
      return await askForCode(call, userId, { code: 'email', initialized: true, ...delivery, ...more });
    },
  };
}

/** POST /v2/users/{userId}/phone/resend */
export const resendPhoneCode: Operation<ResendPhoneCodeRequest> = {
  run: async (call, { userId, verification }) => {
    const deliver = verification.case === 'returnCode' ? 'return' : 'send';
    return await askForCode(call, userId, { code: 'phone', initialized: true, onlyAgain: true, deliver });
  },
};

/** Asks for a code for a human, and answers it when it is to be returned. */
function askForCode(call: Call, userId: string, input: Omit<RequestCodeInput, 'user'>): Promise<Answer> {
  return act(call, userId, requestCode, { ...input, kind: 'human' }, ({ code }) =>
    code === undefined ? {} : { verificationCode: code },
  );
}

/** POST /v2/users/{userId}/email/verify */
export const verifyEmail: Operation<VerifyEmailRequest> = {
  run: (call, { userId, verificationCode }) =>
    act(call, userId, confirmCode, { kind: 'human', code: 'email', given: verificationCode }),
};

/** POST /v2/users/{userId}/phone/verify */
export const verifyPhone: Operation<VerifyPhoneRequest> = {
  run: (call, { userId, verificationCode }) =>
    act(call, userId, confirmCode, { kind: 'human', code: 'phone', given: verificationCode }),
};

/** A link is sent by mail unless a text message is asked for, and when nothing is said. */
function deliveryOfReset(medium: PasswordResetRequest['medium']): CodeRequest & Pick<RequestCodeInput, 'channel'> {
  if (medium.case === 'returnCode') return { deliver: 'return' };
  const channel = medium.value?.notificationType === NotificationType.SMS ? 'text' : 'email';
  return { channel, ...sentWith(medium.value?.urlTemplate, 'sendLink.urlTemplate') };
}

/** Sent in a message, with the link of this template if there is one. */
function sentWith(urlTemplate: string | undefined, path: string): CodeRequest {
  const faults: Fault[] = [];
  const link = decodeLink(urlTemplate, path, faults);
  for (const { error } of faults) throw error;
  return { deliver: 'send', ...(link === undefined ? {} : { link }) };
}
