import { type Command, type Context, type Decision, StaleFacts, type State } from '#core/command.ts';
import { nameKey } from '#core/names.ts';
import { applyPatch } from '#core/patch.ts';
import type { Realm } from '#core/realm.ts';
import type { User, UserKey } from '#core/user.ts';
import {
  type CallerPassword,
  type CallerPasswordFacts,
  decideCallerPassword,
  prepareCallerPassword,
} from './caller-password.ts';
import { targetOf, updateUser } from './update-user.ts';
import type { IssuedCodes, UserInput } from './user-input.ts';
import { needsPreparing, type UserFacts } from './user-parts.ts';

/** An update that can only be read beside the user as it is: a wire that shows masks, defaults or derived forms. */
export interface ReviseUserInput {
  readonly user: UserKey;
  /** Another kind is `not_found`. */
  readonly kind?: User['kind'];
  /** Names that the update may claim. */
  readonly names: readonly string[];
  /**
   * What the update asks of the user as it is when it is decided. Pure; may be asked more than once. What it throws
   * refuses the command.
   */
  readonly revise: (user: User, realm: Realm) => UserInput;
  /** The caller's own password, asked for once more; who has none is not asked. */
  readonly callerPassword?: CallerPassword;
}

interface ReviseFacts {
  readonly user: UserFacts;
  readonly caller: CallerPasswordFacts | undefined;
}

/** As `update-user`, of which it is a way: two that race give what one after the other would have given. */
export const reviseUser: Command<ReviseUserInput, ReviseFacts, IssuedCodes> = {
  name: updateUser.name,

  touches: ({ user, names, callerPassword }, { actor }) => ({
    users: callerPassword && actor.user !== undefined ? [user, actor.user] : [user],
    names: names.map(nameKey),
    secretsOf: callerPassword && actor.user !== undefined ? [user, actor.user] : [user],
  }),

  /** Beside the user most updates turn out to need nothing prepared; one that does says so when it is decided. */
  needsPreparing: ({ callerPassword }) => callerPassword !== undefined,

  async prepare(input, snapshot, context) {
    const revised = revisedInput(input, snapshot, context);
    const caller = input.callerPassword && (await prepareCallerPassword(input.callerPassword, snapshot, context));
    // Also behind a wrong password, so that it takes as long as a right one.
    const user = needsPreparing(revised) ? await updateUser.prepare?.(revised, snapshot, context) : {};
    return { user: user ?? {}, caller };
  },

  decide(state, input, facts, context): Decision<IssuedCodes> {
    const revised = revisedInput(input, state, context);
    if (facts === undefined && needsPreparing(revised)) throw new StaleFacts();
    const caller = context.actor.user === undefined ? undefined : state.user(context.actor.user);
    if (!input.callerPassword || caller === undefined) return updateUser.decide(state, revised, facts?.user, context);
    const asked = decideCallerPassword(input.callerPassword, facts?.caller, caller, state, context);
    const { patch = {}, writes = {}, vouchesFor = [], refusal } = asked;
    if (refusal) {
      const fields = applyPatch(caller.fields, patch);
      return { user: { key: caller.key, fields }, writes, vouchesFor, refusal, result: {} };
    }
    const decision = updateUser.decide(state, revised, facts?.user, context);
    return { ...decision, writes: { ...writes, ...decision.writes } };
  },
};

function revisedInput({ user: key, kind, revise }: ReviseUserInput, state: State, context: Context) {
  const { user, realm } = targetOf({ user: key, ...(kind === undefined ? {} : { kind }) }, state, context);
  return { ...revise(user, realm), user: key };
}
