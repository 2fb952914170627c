import type { SetHumanPhone } from '@zitadel/proto/zitadel/user/v2/phone_pb.js';
import type { UpdateHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { updateUser } from '#core/commands/update-user.ts';
import type { PhoneInput, UserInput } from '#core/commands/user-input.ts';
import { DirectoryError } from '#core/errors.ts';
import type { User } from '#core/user.ts';
import { type Answer, answerOf, type Call, keyOf, type Operation } from '#dialects/zitadel/call.ts';
import type { Decoded, Fault } from '#dialects/zitadel/decode/faults.ts';
import { decodeUpdate } from '#dialects/zitadel/decode/update-human-user.ts';
import { faultsBesidesEcho } from '#dialects/zitadel/echo.ts';
import { encodeUser } from '#dialects/zitadel/encode.ts';

const maxAttempts = 5;

/** PUT /v2/users/human/{userId} */
export const updateHumanUser: Operation<UpdateHumanUserRequest> = {
  excusesViolations: true,

  async run(call, request, violations) {
    const decoded = decodeUpdate(request, violations);
    for (let attempt = 1; ; attempt++) {
      const { input, ifVersion } = await fitToUser(call, request, decoded);
      try {
        return await update(call, request.userId, input, ifVersion);
      } catch (error) {
        // What was decided on a version that has moved meanwhile is decided again, unless the caller named a version.
        const moved = error instanceof DirectoryError && error.reason === 'version_mismatch';
        if (!moved || ifVersion === undefined || call.options.ifVersion !== undefined || attempt === maxAttempts) {
          throw error;
        }
      }
    }
  },
};

async function update(call: Call, userId: string, input: UserInput, ifVersion: number | undefined): Promise<Answer> {
  const user = await keyOf(call, userId);
  const options = ifVersion === undefined ? call.options : { ifVersion, ...call.options };
  const outcome = await call.acting.run(updateUser, { ...input, user, kind: 'human' }, options);
  return await answerOf(call, outcome, outcome.result);
}

/**
 * Most updates need not know the user. Two do: one with faults, which may be nothing but what the user is shown like;
 * and one that verifies the number without naming it. Then the input holds for one version of the user.
 */
async function fitToUser(
  call: Call,
  request: UpdateHumanUserRequest,
  { input, faults }: Decoded<UserInput>,
): Promise<{ readonly input: UserInput; readonly ifVersion?: number }> {
  const ofPresentPhone = verificationOfPresentPhone(request.phone);
  if (faults.length === 0 && ofPresentPhone === undefined) return { input };
  const user = await readUser(call, request.userId, faults);
  const shown = encodeUser(user, await call.organizationOf(user.realm));
  const [fault] = faultsBesidesEcho(faults, request, shown);
  if (fault !== undefined) throw fault.error;
  const phone = ofPresentPhone && presentPhone(user, ofPresentPhone);
  return { input: phone === undefined ? input : { ...input, phone }, ifVersion: user.version };
}

/** The user, if the caller may read it; if not, what is wrong with the body comes first. */
async function readUser(call: Call, userId: string, [fault]: readonly Fault[]): Promise<User> {
  try {
    return await call.acting.getBy('zitadel', userId);
  } catch (error) {
    throw error instanceof DirectoryError && fault !== undefined ? fault.error : error;
  }
}

/** An empty number stands for the present one: verified by an administrator, or (to no effect) with a code. */
function verificationOfPresentPhone(phone: SetHumanPhone | undefined): Verification | undefined {
  if (phone?.phone !== '') return undefined;
  if (phone.verification.value === true) return { verified: true };
  return phone.verification.case === 'returnCode' ? { code: { deliver: 'return' } } : undefined;
}

type Verification = Pick<PhoneInput, 'verified' | 'code'>;

function presentPhone({ fields }: User, verification: Verification): PhoneInput | undefined {
  const [number, entered] = [fields['phone.number'], fields['phone.entered']];
  if (entered === undefined) return undefined;
  return { ...(number === undefined ? {} : { number }), entered, sameBy: 'entered', ...verification };
}
