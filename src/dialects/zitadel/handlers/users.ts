import type {
  DeactivateUserRequest,
  DeleteUserRequest,
  GetUserByIDRequest,
  LockUserRequest,
  ReactivateUserRequest,
  UnlockUserRequest,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { deleteUser as deleteUserCommand } from '#core/commands/delete-user.ts';
import { type SetStateInput, setState } from '#core/commands/set-state.ts';
import { act, type Operation } from '#dialects/zitadel/call.ts';
import { encodeDetails, encodeUser } from '#dialects/zitadel/encode.ts';

/** GET /v2/users/{userId} */
export const getUserByID: Operation<GetUserByIDRequest> = {
  async run(call, { userId }) {
    const user = await call.acting.getBy('zitadel', userId);
    const organization = await call.organizationOf(user.realm);
    const body = { details: encodeDetails(user, organization), user: encodeUser(user, organization) };
    return { body, version: user.version };
  },
};

/** DELETE /v2/users/{userId} */
export const deleteUser: Operation<DeleteUserRequest> = {
  run: (call, { userId }) => act(call, userId, deleteUserCommand, {}),
};

export const deactivateUser: Operation<DeactivateUserRequest> = stateOperation('disable');
export const lockUser: Operation<LockUserRequest> = stateOperation('lock');
export const reactivateUser: Operation<ReactivateUserRequest> = stateOperation('enable');
export const unlockUser: Operation<UnlockUserRequest> = stateOperation('unlock');

/** POST /v2/users/{userId}/lock and its like */
function stateOperation(action: SetStateInput['action']): Operation<{ readonly userId: string }> {
  return { run: (call, { userId }) => act(call, userId, setState, { action }) };
}
