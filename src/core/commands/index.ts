import type { AnyCommand } from '#core/command.ts';
import { addAccessToken } from './access-tokens.ts';
import { addClientSecret, removeClientSecret } from './client-secret.ts';
import { createClient, revokeClient } from './clients.ts';
import { confirmCode } from './confirm-code.ts';
import { createRealm } from './create-realm.ts';
import { createUser } from './create-user.ts';
import { deleteMetadata } from './delete-metadata.ts';
import { deleteUser } from './delete-user.ts';
import { foundOwner } from './found-owner.ts';
import { grantOwnership } from './grant-ownership.ts';
import { issueTokens } from './issue-tokens.ts';
import { addKey, removeKey } from './machine-keys.ts';
import { registerTotp } from './register-totp.ts';
import { removeTotp } from './remove-totp.ts';
import { requestCode } from './request-code.ts';
import { requestInvitation } from './request-invitation.ts';
import { reviseUser } from './revise-user.ts';
import { setMetadata } from './set-metadata.ts';
import { setPassword } from './set-password.ts';
import { setState } from './set-state.ts';
import { confirmPassword, signIn } from './sign-in.ts';
import { createToken, revokeToken } from './tokens.ts';
import { touchLogin } from './touch-login.ts';
import { updateUser } from './update-user.ts';
import { verifyTotp } from './verify-totp.ts';

/** Every command of the core's own. */
export const coreCommands: readonly AnyCommand[] = [
  addAccessToken,
  addClientSecret,
  addKey,
  confirmCode,
  confirmPassword,
  createClient,
  createRealm,
  createToken,
  createUser,
  deleteMetadata,
  deleteUser,
  foundOwner,
  grantOwnership,
  issueTokens,
  registerTotp,
  removeTotp,
  removeClientSecret,
  removeKey,
  requestCode,
  requestInvitation,
  reviseUser,
  revokeClient,
  revokeToken,
  setMetadata,
  setPassword,
  setState,
  signIn,
  touchLogin,
  updateUser,
  verifyTotp,
];
