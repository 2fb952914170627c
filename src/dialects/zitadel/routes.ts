import type { MessageShape } from '@bufbuild/protobuf';
import type { Operation } from './call.ts';
import type { UserService } from './descriptors.ts';
import {
  addPersonalAccessToken,
  listPersonalAccessTokens,
  removePersonalAccessToken,
} from './handlers/access-tokens.ts';
import { addHumanUser } from './handlers/add-human-user.ts';
import { listAuthenticationFactors, listAuthenticationMethodTypes } from './handlers/authentication-methods.ts';
import { addSecret, removeSecret } from './handlers/client-secrets.ts';
import {
  passwordReset,
  resendEmailCode,
  resendPhoneCode,
  sendEmailCode,
  verifyEmail,
  verifyPhone,
} from './handlers/codes.ts';
import { removePhone, setEmail, setPhone } from './handlers/contacts.ts';
import { createUser } from './handlers/create-user.ts';
import { createInviteCode, resendInviteCode, verifyInviteCode } from './handlers/invitations.ts';
import { addKey, listKeys, removeKey } from './handlers/keys.ts';
import { listUsers } from './handlers/list-users.ts';
import { deleteUserMetadata, listUserMetadata, setUserMetadata } from './handlers/metadata.ts';
import { humanMFAInitSkipped, registerTOTP, removeTOTP, verifyTOTPRegistration } from './handlers/second-factors.ts';
import { setPassword } from './handlers/set-password.ts';
import { updateHumanUser } from './handlers/update-human-user.ts';
import { updateUser } from './handlers/update-user.ts';
import { deactivateUser, deleteUser, getUserByID, lockUser, reactivateUser, unlockUser } from './handlers/users.ts';
import { type HttpRule, httpRuleOf, type Rpc } from './http-rules.ts';

type Methods = typeof UserService.method;

/** Every operation of the vendor's user service. What is not built answers Unimplemented. */
const operations: { readonly [Name in Rpc]: Operation<MessageShape<Methods[Name]['input']>> | 'unbuilt' } = {
  addHumanUser,
  addIDPLink: 'unbuilt',
  addKey,
  addOTPEmail: 'unbuilt',
  addOTPSMS: 'unbuilt',
  addPersonalAccessToken,
  addSecret,
  createInviteCode,
  createPasskeyRegistrationLink: 'unbuilt',
  createUser,
  deactivateUser,
  deleteUser,
  deleteUserMetadata,
  getUserByID,
  humanMFAInitSkipped,
  listAuthenticationFactors,
  listAuthenticationMethodTypes,
  listIDPLinks: 'unbuilt',
  listKeys,
  listPasskeys: 'unbuilt',
  listPersonalAccessTokens,
  listUserMetadata,
  listUsers,
  lockUser,
  passwordReset,
  reactivateUser,
  registerPasskey: 'unbuilt',
  registerTOTP,
  registerU2F: 'unbuilt',
  removeIDPLink: 'unbuilt',
  removeKey,
  removeOTPEmail: 'unbuilt',
  removeOTPSMS: 'unbuilt',
  removePasskey: 'unbuilt',
  removePersonalAccessToken,
  removePhone,
  removeSecret,
  removeTOTP,
  removeU2F: 'unbuilt',
  resendEmailCode,
  resendInviteCode,
  resendPhoneCode,
  retrieveIdentityProviderIntent: 'unbuilt',
  sendEmailCode,
  setEmail,
  setPassword,
  setPhone,
  setUserMetadata,
  startIdentityProviderIntent: 'unbuilt',
  unlockUser,
  updateHumanUser,
  updateUser,
  verifyEmail,
  verifyInviteCode,
  verifyPasskeyRegistration: 'unbuilt',
  verifyPhone,
  verifyTOTPRegistration,
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
