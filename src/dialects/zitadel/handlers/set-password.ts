import type { SetPasswordRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { setPassword as setPasswordCommand } from '#core/commands/set-password.ts';
import { act, type Operation } from '#dialects/zitadel/call.ts';
import { decodePassword } from '#dialects/zitadel/decode/password.ts';
import { refusal } from '#dialects/zitadel/errors.ts';

/** POST /v2/users/{userId}/password */
export const setPassword: Operation<SetPasswordRequest> = {
  async run(call, { userId, newPassword, verification }) {
    const given = newPassword && ({ case: 'password', value: newPassword } as const);
    const password = given && decodePassword({ passwordType: given, verification }, []);
    if (password === undefined) throw refusal('COMMAND-Mf0sd', 'newPassword');
    return await act(call, userId, setPasswordCommand, { kind: 'human', password });
  },
};
