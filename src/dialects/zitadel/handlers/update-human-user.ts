import type { SetHumanPhone } from '@zitadel/proto/zitadel/user/v2/phone_pb.js';
import type { UpdateHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { PhoneInput, UserInput } from '#core/commands/user-input.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { User } from '#core/user.ts';
import { answerOf, type Call, type Operation } from '#dialects/zitadel/call.ts';
import { decodeHumanUpdate } from '#dialects/zitadel/decode/update.ts';
import { runUpdate } from './run-update.ts';

/** PUT /v2/users/human/{userId} */
export const updateHumanUser: Operation<UpdateHumanUserRequest> = {
  excusesViolations: true,

  async run(call, request, violations) {
    const { userId, phone } = request;
    const verification = verificationOfPresentPhone(phone);
    const outcome = await runUpdate(call, {
      ...decodeHumanUpdate(request, violations),
      userId,
      kind: 'human',
      sent: request,
      ...(verification && { revise: (input, user) => ({ ...input, ...presentPhone(user, verification, call) }) }),
    });
    return await answerOf(call, outcome, outcome.result);
  },
};

/** An empty number stands for the present one: verified by an administrator, or (to no effect) with a code. */
function verificationOfPresentPhone(phone: SetHumanPhone | undefined): Verification | undefined {
  if (phone?.phone !== '') return undefined;
  if (phone.verification.value === true) return { verified: true };
  return phone.verification.case === 'returnCode' ? { code: { deliver: 'return' } } : undefined;
}

type Verification = Pick<PhoneInput, 'verified' | 'code'>;

/** What is asked of the present number. Without one there is nothing to do, but it is still not everybody's to ask. */
function presentPhone(user: User, verification: Verification, { actor }: Call): Pick<UserInput, 'phone'> {
  if (!mayAdminister(actor, user, 'zitadel')) throw notPermitted('phone.entered');
  const [number, entered] = [user.fields['phone.number'], user.fields['phone.entered']];
  if (entered === undefined) return {};
  return { phone: { ...(number === undefined ? {} : { number }), entered, sameBy: 'entered', ...verification } };
}
