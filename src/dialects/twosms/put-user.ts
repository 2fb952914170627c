import { updateUser } from '#core/commands/update-user.ts';
import type { UpdateUserInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import { userNotFound } from '#core/policies/authorize.ts';
import { runOptions } from '#transport/options.ts';
import { callerPasswordOf, type DecodedUpdate, decodeUpdate } from './decode.ts';
import { shownUser } from './encode.ts';
import type { Exchange } from './exchange.ts';
import { readUser } from './formats/read.ts';
import { getUser, type UserInRealm } from './get-user.ts';
import type { SentUser } from './model.ts';
import { invalidModel, keyOf, Refused } from './model-state.ts';

/** PUT api/v1/admin/users/{id} */
export async function putUser(exchange: Exchange): Promise<UserInRealm> {
  const { request, acting } = exchange;
  const options = runOptions(request, invalidField);
  const sent = readUser(request.body as Buffer | undefined, request.headers['content-type']);
  const { user, realm } = await getUser(exchange);
  const dryRun = options.dryRun === true;
  const decoded = await decodeWhole(sent, { user, realm }, exchange, dryRun);
  const input = await confirmCaller(decoded, exchange, dryRun);
  const outcome = await acting.run(updateUser, input, options);
  if (outcome.user === undefined) throw userNotFound();
  return { user: outcome.user, realm };
}

/** Wrong values of UserPassword in a row after which the caller is locked; the vendor names no number. */
const lockAfterAttempts = 10;

/** Decodes the body; if it is refused, a wrong UserPassword is named among all that is wrong with it. */
async function decodeWhole(
  sent: SentUser,
  current: UserInRealm,
  { actor, via, guard }: Exchange,
  dryRun: boolean,
): Promise<DecodedUpdate> {
  try {
    return decodeUpdate(sent, shownUser(current.user, current.realm), current);
  } catch (error) {
    const state = error instanceof Refused ? error.error.ModelState : undefined;
    const key = keyOf('UserPassword');
    const password = state && key in state ? undefined : callerPasswordOf(sent);
    if (state === undefined || password === undefined || dryRun) throw error;
    const right = await guard.confirm(actor, { password, lockAfterAttempts }, via).then(
      () => true,
      () => false,
    );
    throw right ? error : invalidModel({ ...state, [key]: ['The password of the caller is wrong.'] });
  }
}

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
