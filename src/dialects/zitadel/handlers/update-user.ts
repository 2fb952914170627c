import type { UserInput } from '#core/commands/user-input.ts';
import type { User } from '#core/user.ts';
import type { Operation } from '#dialects/zitadel/call.ts';
import { decodeUserUpdate } from '#dialects/zitadel/decode/update.ts';
import type { UpdateUserRequest } from '#dialects/zitadel/descriptors.ts';
import { machineNameOf, timestamp } from '#dialects/zitadel/encode.ts';
import { runUpdate } from './run-update.ts';

/** PATCH /v2/users/{userId} */
export const updateUser: Operation<UpdateUserRequest> = {
  excusesViolations: true,

  async run(call, request, violations) {
    const { userId, userType } = request;
    const { user, result } = await runUpdate(call, {
      ...decodeUserUpdate(request, violations),
      userId,
      ...(userType.case && { kind: userType.case }),
      ...(userType.case === 'machine' && { revise: withoutShownName }),
    });
    if (user === undefined) throw new Error('An update came to no user.');
    return { body: { changeDate: timestamp(user.changedAt), ...result }, version: user.version };
  },
};

/** A machine without a name is shown with its username, and that is not to become its name when it is sent back. */
function withoutShownName({ patch = {}, ...input }: UserInput, { fields }: User): UserInput {
  const { 'profile.displayName': name, ...others } = patch;
  return { ...input, patch: name === machineNameOf(fields) ? others : patch };
}
