import type { MessageShape } from '@bufbuild/protobuf';
import type { Operation } from './call.ts';
import type { UserService } from './descriptors.ts';
import { addHumanUser } from './handlers/add-human-user.ts';
import { passwordReset, verifyEmail, verifyPhone } from './handlers/codes.ts';
import { updateHumanUser } from './handlers/update-human-user.ts';
import { deactivateUser, deleteUser, getUserByID, lockUser, reactivateUser, unlockUser } from './handlers/users.ts';
import { type HttpRule, httpRuleOf, type Rpc } from './http-rules.ts';

type Methods = typeof UserService.method;

/** Every operation of the vendor's user service. What is not built answers Unimplemented. */
const operations: { readonly [Name in Rpc]: Operation<MessageShape<Methods[Name]['input']>> | 'unbuilt' } = {
  addHumanUser,
  addIDPLink: 'unbuilt',
  addKey: 'unbuilt',
  addOTPEmail: 'unbuilt',
  addOTPSMS: 'unbuilt',
  addPersonalAccessToken: 'unbuilt',
  addSecret: 'unbuilt',
  createInviteCode: 'unbuilt',
  createPasskeyRegistrationLink: 'unbuilt',
  createUser: 'unbuilt',
  deactivateUser,
  deleteUser,
  deleteUserMetadata: 'unbuilt',
  getUserByID,
  humanMFAInitSkipped: 'unbuilt',
  listAuthenticationFactors: 'unbuilt',
  listAuthenticationMethodTypes: 'unbuilt',
  listIDPLinks: 'unbuilt',
  listKeys: 'unbuilt',
  listPasskeys: 'unbuilt',
  listPersonalAccessTokens: 'unbuilt',
  listUserMetadata: 'unbuilt',
  listUsers: 'unbuilt',
  lockUser,
  passwordReset,
  reactivateUser,
  registerPasskey: 'unbuilt',
  registerTOTP: 'unbuilt',
  registerU2F: 'unbuilt',
  removeIDPLink: 'unbuilt',
  removeKey: 'unbuilt',
  removeOTPEmail: 'unbuilt',
  removeOTPSMS: 'unbuilt',
  removePasskey: 'unbuilt',
  removePersonalAccessToken: 'unbuilt',
  removePhone: 'unbuilt',
  removeSecret: 'unbuilt',
  removeTOTP: 'unbuilt',
  removeU2F: 'unbuilt',
  resendEmailCode: 'unbuilt',
  resendInviteCode: 'unbuilt',
  resendPhoneCode: 'unbuilt',
  retrieveIdentityProviderIntent: 'unbuilt',
  sendEmailCode: 'unbuilt',
  setEmail: 'unbuilt',
  setPassword: 'unbuilt',
  setPhone: 'unbuilt',
  setUserMetadata: 'unbuilt',
  startIdentityProviderIntent: 'unbuilt',
  unlockUser,
  updateHumanUser,
  updateUser: 'unbuilt',
  verifyEmail,
  verifyInviteCode: 'unbuilt',
  verifyPasskeyRegistration: 'unbuilt',
  verifyPhone,
  verifyTOTPRegistration: 'unbuilt',
  verifyU2FRegistration: 'unbuilt',
};

export interface Route extends HttpRule {
  readonly rpc: Rpc;
  readonly operation: Operation<never> | 'unbuilt';
}

/** The operations by name, each with its place in HTTP. */
export const routes: readonly Route[] = Object.entries(operations).map(([name, operation]) => {
  const rpc = name as Rpc;
  return { rpc, ...httpRuleOf(rpc), operation };
});
