import { reviseUser } from '#core/commands/revise-user.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { IssuedCodes, UserInput } from '#core/commands/user-input.ts';
import type { Outcome } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { type Call, keyOf } from '#dialects/zitadel/call.ts';
import type { Decoded } from '#dialects/zitadel/decode/faults.ts';
import type { SentHuman } from '#dialects/zitadel/decode/update.ts';
import { faultsBesidesEcho } from '#dialects/zitadel/echo.ts';
import { encodeUser } from '#dialects/zitadel/encode.ts';

/** An update as UpdateHumanUser and UpdateUser ask for it. */
export interface Update extends Decoded<UserInput> {
  readonly userId: string;
  /** Another kind is not found. */
  readonly kind?: User['kind'];
  /** Beside which its faults are judged. */
  readonly sent: SentHuman;
  /** What it comes to beside the user as it is. */
  readonly revise?: (input: UserInput, user: User) => UserInput;
}

/**
 * Runs an update. Most need not know the user. Two do: one with faults, which may be nothing but what the user is shown
 * like, and one that has to be revised.
 */
export async function runUpdate(call: Call, update: Update): Promise<Outcome<IssuedCodes>> {
  const { userId, input, faults, sent, revise: beside } = update;
  const kind = update.kind === undefined ? {} : { kind: update.kind };
  if (faults.length === 0 && beside === undefined) {
    const user = await keyOf(call, userId);
    return await call.acting.run(updateUser, { ...input, user, ...kind }, call.options);
  }
  const revise = (user: User, realm: Realm): UserInput => {
    const [fault] = faultsBesidesEcho(faults, sent, encodeUser(user, realm.ids.zitadel ?? ''));
    if (fault !== undefined) throw fault.error;
    return beside === undefined ? input : beside(input, user);
  };
  const names = sent.username === undefined ? [] : [sent.username];
  const metadataKeys = input.metadata?.map(({ key }) => key) ?? [];
  try {
    const user = await keyOf(call, userId);
    return await call.acting.run(reviseUser, { user, ...kind, names, metadataKeys, revise }, call.options);
  } catch (error) {
    // Of a user that is not there, or not the caller's to change, nothing can be shown: the body's faults come first.
    const unseen = error instanceof DirectoryError && ['not_found', 'permission_denied'].includes(error.code);
    throw (unseen && faults[0]?.error) || error;
  }
}
