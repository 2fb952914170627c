import { DirectoryError, invalidField } from '#core/errors.ts';
import { userNotFound } from '#core/policies/authorize.ts';
import { runOptions } from '#transport/options.ts';
import { callerPasswordOf, revisePortalUser } from './decode.ts';
import type { Exchange } from './exchange.ts';
import { readUser } from './formats/read.ts';
import { idOf, type UserInRealm } from './get-user.ts';
import type { SentUser } from './model.ts';
import { invalidModel, keyOf, Refused } from './model-state.ts';

/** Wrong values of UserPassword in a row after which the caller is locked; the vendor names no number. */
const lockAfterAttempts = 10;

/** PUT api/v1/admin/users/{id} */
export async function putUser(exchange: Exchange): Promise<UserInRealm> {
  const { request, acting, directory } = exchange;
  const options = runOptions(request, invalidField);
  const sent = readUser(request.body as Buffer | undefined, request.headers['content-type']);
  const key = await directory.resolve('twosms', idOf(request.params));
  if (key === undefined) throw userNotFound();
  const password = callerPasswordOf(sent);
  const username = sent.get('Username');
  const input = {
    user: key,
    names: username === undefined || username === null ? [] : [String(username)],
    sent,
    ...(password === undefined ? {} : { callerPassword: { plain: password, lockAfterAttempts } }),
  };
  const running = acting.run(revisePortalUser, input, options);
  const { user } = await running.catch((error) => refuseWhole(error, sent, exchange, options.dryRun === true));
  if (user === undefined) throw userNotFound();
  return { user, realm: await directory.realm(user.realm) };
}

/** What is wrong with a body is told whole: a wrong UserPassword is named among the rest. */
async function refuseWhole(
  error: unknown,
  sent: SentUser,
  { actor, via, guard }: Exchange,
  dryRun: boolean,
): Promise<never> {
  const state = error instanceof Refused ? error.error.ModelState : undefined;
  const key = keyOf('UserPassword');
  const password = state && key in state ? undefined : callerPasswordOf(sent);
  if (state === undefined || password === undefined || dryRun) throw error;
  try {
    await guard.confirm(actor, { password, lockAfterAttempts }, via);
  } catch (refused) {
    const isWrong = refused instanceof DirectoryError && refused.reason === 'password_wrong';
    throw isWrong ? invalidModel({ ...state, [key]: ['The password of the caller is wrong.'] }) : refused;
  }
  throw error;
}
