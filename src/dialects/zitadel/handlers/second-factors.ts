import type {
  HumanMFAInitSkippedRequest,
  RegisterTOTPRequest,
  RemoveTOTPRequest,
  VerifyTOTPRegistrationRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { registerTotp } from '#core/commands/register-totp.ts';
import { removeTotp } from '#core/commands/remove-totp.ts';
import { verifyTotp } from '#core/commands/verify-totp.ts';
import { totpUri } from '#core/policies/totp-rules.ts';
import { loginNameIn } from '#core/user.ts';
import { act, answerOf, keyOf, type Operation } from '#dialects/zitadel/call.ts';
import { skipMfaInit } from '#dialects/zitadel/commands/skip-mfa-init.ts';

/** POST /v2/users/{userId}/totp: the app names the realm, and the user by its login name. */
export const registerTOTP: Operation<RegisterTOTPRequest> = {
  async run(call, { userId }) {
    const outcome = await call.acting.run(registerTotp, { user: await keyOf(call, userId) }, call.options);
    const { user, result } = outcome;
    if (user === undefined || result.secret === undefined) return await answerOf(call, outcome, {});
    const { name } = (await call.directory.realm(user.realm)).fields;
    const uri = totpUri(result.secret, name, loginNameIn('zitadel', user));
    return await answerOf(call, outcome, { uri, secret: result.secret });
  },
};

/** POST /v2/users/{userId}/totp/verify */
export const verifyTOTPRegistration: Operation<VerifyTOTPRegistrationRequest> = {
  run: (call, { userId, code }) => act(call, userId, verifyTotp, { code }),
};

/** DELETE /v2/users/{userId}/totp */
export const removeTOTP: Operation<RemoveTOTPRequest> = {
  run: (call, { userId }) => act(call, userId, removeTotp, {}),
};

/** POST /v2/users/{userId}/mfa_init_skipped */
export const humanMFAInitSkipped: Operation<HumanMFAInitSkippedRequest> = {
  run: (call, { userId }) => act(call, userId, skipMfaInit, {}),
};
