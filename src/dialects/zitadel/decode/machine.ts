import { AccessTokenType } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import type { UserPatch } from '#core/patch.ts';
import type { NewerMachine } from '#dialects/zitadel/descriptors.ts';

interface Machine extends NewerMachine {
  readonly name?: string;
  readonly description?: string;
}

/** What is said of a machine; what is empty is cleared. */
export function decodeMachine({ name, description, accessTokenType }: Machine): UserPatch {
  return {
    ...(name === undefined ? {} : { 'profile.displayName': name || null }),
    ...(description === undefined ? {} : { 'extensions.zitadel.description': description || null }),
    ...(accessTokenType === undefined
      ? {}
      : { 'extensions.zitadel.accessTokenType': accessTokenType === AccessTokenType.JWT ? 'jwt' : null }),
  };
}
