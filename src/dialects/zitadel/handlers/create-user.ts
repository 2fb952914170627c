import { createUser as createUserCommand } from '#core/commands/create-user.ts';
import type { Operation } from '#dialects/zitadel/call.ts';
import { decodeNewUser } from '#dialects/zitadel/decode/new-user.ts';
import type { CreateUserRequest } from '#dialects/zitadel/descriptors.ts';
import { timestamp, userIdOf } from '#dialects/zitadel/encode.ts';
import { realmNamed } from '#dialects/zitadel/organizations.ts';

/** POST /v2/users/new */
export const createUser: Operation<CreateUserRequest> = {
  async run(call, request) {
    const {
      input,
      faults: [fault],
    } = decodeNewUser(request);
    if (fault !== undefined) throw fault.error;
    const realm = await realmNamed(call, request.organizationId);
    const { user, result } = await call.acting.run(createUserCommand, { ...input, realm }, call.options);
    if (user === undefined) throw new Error('A creation came to no user.');
    const body = { id: userIdOf(user), creationDate: timestamp(user.createdAt), ...result };
    return { body, version: user.version };
  },
};
