import type { SetHumanPhone } from '@zitadel/proto/zitadel/user/v2/phone_pb.js';
import type { UpdateHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { reviseUser } from '#core/commands/revise-user.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { IssuedCodes, PhoneInput, UserInput } from '#core/commands/user-input.ts';
import type { Outcome } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import type { Realm } from '#core/realm.ts';
import type { User, UserKey } from '#core/user.ts';
import { answerOf, type Call, keyOf, type Operation } from '#dialects/zitadel/call.ts';
import type { Decoded } from '#dialects/zitadel/decode/faults.ts';
import { decodeUpdate } from '#dialects/zitadel/decode/update-human-user.ts';
import { faultsBesidesEcho } from '#dialects/zitadel/echo.ts';
import { encodeUser } from '#dialects/zitadel/encode.ts';

/** PUT /v2/users/human/{userId} */
export const updateHumanUser: Operation<UpdateHumanUserRequest> = {
  excusesViolations: true,

  async run(call, request, violations) {
    const decoded = decodeUpdate(request, violations);
    const outcome = await update(call, request, decoded);
    return await answerOf(call, outcome, outcome.result);
  },
};

/**
 * Most updates need not know the user. Two do: one with faults, which may be nothing but what the user is shown like;
 * and one that speaks of the number without naming it.
 */
async function update(
  call: Call,
  request: UpdateHumanUserRequest,
  decoded: Decoded<UserInput>,
): Promise<Outcome<IssuedCodes>> {
  const { input, faults } = decoded;
  const ofPresentPhone = verificationOfPresentPhone(request.phone);
  if (faults.length === 0 && ofPresentPhone === undefined) {
    const user = await keyOf(call, request.userId);
    return await call.acting.run(updateUser, { ...input, user, kind: 'human' }, call.options);
  }
  const revise = (user: User, realm: Realm): UserInput => {
    const [fault] = faultsBesidesEcho(faults, request, encodeUser(user, realm.ids.zitadel ?? ''));
    if (fault !== undefined) throw fault.error;
    return ofPresentPhone === undefined ? input : { ...input, ...presentPhone(user, ofPresentPhone, call) };
  };
  try {
    const user = await keyOf(call, request.userId);
    return await runRevision(call, user, request.username, revise);
  } catch (error) {
    // Of a user that is not there, or not the caller's to change, nothing can be shown: the body's faults come first.
    const unseen = error instanceof DirectoryError && ['not_found', 'permission_denied'].includes(error.code);
    throw (unseen && faults[0]?.error) || error;
  }
}

function runRevision(
  { acting, options }: Call,
  user: UserKey,
  username: string | undefined,
  revise: (user: User, realm: Realm) => UserInput,
): Promise<Outcome<IssuedCodes>> {
  const names = username === undefined ? [] : [username];
  return acting.run(reviseUser, { user, kind: 'human', names, revise }, options);
}

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
