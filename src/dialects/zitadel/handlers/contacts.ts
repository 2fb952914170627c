import type {
  RemovePhoneRequest,
  SetEmailRequest,
  SetPhoneRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { sameEmail, samePhone } from '#core/commands/contacts.ts';
import { reviseUser } from '#core/commands/revise-user.ts';
import type { IssuedCodes, UserInput } from '#core/commands/user-input.ts';
import type { Fields } from '#core/patch.ts';
import { type Answer, answerOf, type Call, keyOf, type Operation } from '#dialects/zitadel/call.ts';
import { decodeEmail, decodePhone } from '#dialects/zitadel/decode/contact.ts';
import type { Fault } from '#dialects/zitadel/decode/faults.ts';
import { refusal } from '#dialects/zitadel/errors.ts';

/** POST /v2/users/{userId}/email */
export const setEmail: Operation<SetEmailRequest> = {
  async run(call, request) {
    const faults: Fault[] = [];
    const email = decodeEmail(request, 'sendCode', faults);
    for (const { error } of faults) throw error;
    return await setContact(call, request.userId, 'emailCode', (fields) => {
      if (email && sameEmail(fields, email)) throw refusal('COMMAND-Uch5e', 'email');
      return { ...(email && { email }) };
    });
  },
};

/** POST /v2/users/{userId}/phone */
export const setPhone: Operation<SetPhoneRequest> = {
  async run(call, request) {
    const faults: Fault[] = [];
    const phone = decodePhone(request, 'sendCode', faults);
    for (const { error } of faults) throw error;
    return await setContact(call, request.userId, 'phoneCode', (fields) => {
      if (phone && samePhone(fields, phone)) throw refusal('COMMAND-Uch5e#phone', 'phone');
      return { ...(phone && { phone }) };
    });
  },
};

/** DELETE /v2/users/{userId}/phone */
export const removePhone: Operation<RemovePhoneRequest> = {
  run: (call, { userId }) =>
    setContact(call, userId, 'phoneCode', (fields) => {
      if (fields['phone.entered'] === undefined) throw refusal('COMMAND-ieJ2e#phone', 'phone');
      return { phone: null };
    }),
};

/** Changes an address or a number of an initialized human; `revise` refuses what would stay as it is. */
async function setContact(
  call: Call,
  userId: string,
  code: keyof IssuedCodes,
  revise: (fields: Fields) => UserInput,
): Promise<Answer> {
  const user = await keyOf(call, userId);
  const whose = { user, kind: 'human', initialized: true } as const;
  const input = { ...whose, names: [], revise: (found: { readonly fields: Fields }) => revise(found.fields) };
  const outcome = await call.acting.run(reviseUser, input, call.options);
  const verificationCode = outcome.result[code];
  return await answerOf(call, outcome, verificationCode === undefined ? {} : { verificationCode });
}
