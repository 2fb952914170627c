import { updateUser } from '#core/commands/update-user.ts';
import type { UpdateUserInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import { userNotFound } from '#core/policies/authorize.ts';
import { runOptions } from '#transport/options.ts';
import { type DecodedUpdate, decodeUpdate } from './decode.ts';
import { shownUser } from './encode.ts';
import type { Exchange } from './exchange.ts';
import { readUser } from './formats/read.ts';
import { getUser, type UserInRealm } from './get-user.ts';

/** PUT api/v1/admin/users/{id} */
export async function putUser(exchange: Exchange): Promise<UserInRealm> {
  const { request, acting } = exchange;
  const options = runOptions(request, invalidField);
  const sent = readUser(request.body as Buffer | undefined, request.headers['content-type']);
  const { user, realm } = await getUser(exchange);
  const decoded = decodeUpdate(sent, shownUser(user, realm), { user, realm });
  const input = await confirmCaller(decoded, exchange, options.dryRun === true);
  const outcome = await acting.run(updateUser, input, options);
  if (outcome.user === undefined) throw userNotFound();
  return { user: outcome.user, realm };
}

/** Wrong values of UserPassword in a row after which the caller is locked; the vendor names no number. */
const lockAfterAttempts = 10;

/**
 * Checks what the caller gave as its own password. For a new password of its own that is the command's proof, so that
 * it is checked in the same commit; a dry run checks no secret.
 */
async function confirmCaller(
  { input, callerPassword }: DecodedUpdate,
  { actor, via, guard }: Exchange,
  dryRun: boolean,
): Promise<UpdateUserInput> {
  if (callerPassword === undefined) return input;
  if (input.password && actor.user === input.user) {
    return { ...input, password: { ...input.password, proof: { current: callerPassword }, lockAfterAttempts } };
  }
  if (!dryRun) await guard.confirm(actor, { password: callerPassword, lockAfterAttempts }, via);
  return input;
}
