import { AuthFactorState } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import {
  AuthFactors,
  type ListAuthenticationFactorsRequest,
  type ListAuthenticationFactorsResponseJson,
  type ListAuthenticationMethodTypesRequest,
  type ListAuthenticationMethodTypesResponseJson,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Operation } from '#dialects/zitadel/call.ts';
import { encodeAuthenticationMethods, timestamp } from '#dialects/zitadel/encode.ts';

/**
 * GET /v2/users/{userId}/authentication_methods
 *
 * The domain that may be asked for is one of passkeys and security keys, of which nobody here has any.
 */
export const listAuthenticationMethodTypes: Operation<ListAuthenticationMethodTypesRequest> = {
  async run(call, { userId }) {
    const user = await call.acting.getBy('zitadel', userId);
    const { version } = user;
    const methods = encodeAuthenticationMethods(user);
    const found = methods.length === 0 ? {} : { totalResult: String(methods.length) };
    const details = { ...found, processedSequence: String(version), timestamp: timestamp(user.changedAt) };
    const body: ListAuthenticationMethodTypesResponseJson = {
      details,
      ...(methods.length === 0 ? {} : { authMethodTypes: methods }),
    };
    return { body, version };
  },
};

/** POST /v2/users/{userId}/authentication_factors/_search: those that work, unless other states are asked for. */
export const listAuthenticationFactors: Operation<ListAuthenticationFactorsRequest> = {
  async run(call, { userId, authFactors, states }) {
    const user = await call.acting.getBy('zitadel', userId);
    const { 'totp.setAt': setAt, 'totp.pendingAt': pendingAt } = user.fields;
    const isOfKind = authFactors.length === 0 || authFactors.includes(AuthFactors.OTP);
    const wanted = states.length === 0 ? [AuthFactorState.READY] : states;
    const found = isOfKind && (setAt ?? pendingAt) !== undefined;
    const [state, name] = setAt === undefined ? notReady : ready;
    const body: ListAuthenticationFactorsResponseJson =
      found && wanted.includes(state) ? { result: [{ state: name, otp: {} }] } : {};
    return { body, version: user.version };
  },
};

const notReady = [AuthFactorState.NOT_READY, 'AUTH_FACTOR_STATE_NOT_READY'] as const;
const ready = [AuthFactorState.READY, 'AUTH_FACTOR_STATE_READY'] as const;
