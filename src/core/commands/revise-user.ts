import { type Command, type Decision, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import { sameJson } from '#core/json.ts';
import { nameKey } from '#core/names.ts';
import { applyPatch } from '#core/patch.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { type CallerPassword, decideCallerPassword, prepareCallerPassword } from './caller-password.ts';
import { touchesMetadata } from './metadata.ts';
import { targetOf, updateUser } from './update-user.ts';
import type { IssuedCodes, UpdateUserInput, UserInput } from './user-input.ts';
import { needsPreparing, type UserFacts } from './user-parts.ts';
import type { PasswordCheck } from './verify-password.ts';

/** An update that can only be read beside the user as it is: a wire that shows masks, defaults or derived forms. */
export interface ReviseUserInput extends Pick<UpdateUserInput, 'user' | 'kind' | 'realm' | 'initialized'> {
  /** Names that the update may claim. */
  readonly names: readonly string[];
  /** Keys of metadata that it may write. */
  readonly metadataKeys?: readonly string[];
  /**
   * What the update asks of the user as it is. Pure; asked again when the user has changed meanwhile. What it throws
   * refuses the command. It does not cross threads: the decision rests on what it has answered.
   */
  readonly revise: (user: User, realm: Realm) => UserInput;
  /** The caller's own password, asked for once more; who has none is not asked. */
  readonly callerPassword?: CallerPassword;
}

interface ReviseFacts {
  /** What the update came to, beside the user at this version. */
  readonly revised: UserInput;
  readonly version: number;
  readonly user: UserFacts;
  readonly caller: PasswordCheck | undefined;
}

/** As `update-user`, of which it is a way: two that race give what one after the other would have given. */
export const reviseUser: Command<ReviseUserInput, ReviseFacts, IssuedCodes> = {
  name: 'revise-user',
  recordedAs: updateUser.name,

  turn: ({ user }) => `revise ${user}`,

  touches: ({ user, kind, realm, names, metadataKeys, callerPassword }, { actor }) => ({
    only: { kind, realm },
    users: callerPassword && actor.user !== undefined ? [user, actor.user] : [user],
    names: names.map(nameKey),
    secretsOf: callerPassword && actor.user !== undefined ? [user, actor.user] : [user],
    ...touchesMetadata(
      metadataKeys?.map((key) => ({ key })),
      user,
    ),
  }),

  forDecision: ({ revise: _, ...input }) => input,

  /** Most updates turn out to need nothing else. */
  glancesAt: ({ user, callerPassword }) => (callerPassword ? undefined : user),

  prepare: prepareRevision,

  decide(state, input, facts, context): Decision<IssuedCodes> {
    const { user } = targetOf(input, state, context);
    if (facts === undefined || facts.version !== user.version) throw new StaleFacts();
    const revised = { ...facts.revised, user: user.key };
    const caller = context.actor.user === undefined ? undefined : state.user(context.actor.user);
    if (!input.callerPassword || caller === undefined) return updateUser.decide(state, revised, facts.user, context);
    const asked = decideCallerPassword(input.callerPassword, facts.caller, caller, state, context);
    const { patch = {}, writes = {}, vouchesFor = [], refusal } = asked;
    if (refusal) {
      const fields = applyPatch(caller.fields, patch);
      return { user: { key: caller.key, fields }, writes, vouchesFor, refusal, result: {} };
    }
    const decision = updateUser.decide(state, revised, facts.user, context);
    return { ...decision, writes: { ...writes, ...decision.writes } };
  },
};

/** An update of one dialect, that a function known by name reads beside the user: also in the thread that writes. */
export interface ReviseByInput<Sent> extends Omit<ReviseUserInput, 'revise'> {
  /** What the caller has sent: plain data. */
  readonly sent: Sent;
}

/**
 * The same for what is sent as plain data: most updates need nothing but the user, and are read beside it where they are
 * decided, which spares a read. Whatever else they turn out to need, a refusal too, is prepared as above.
 * @param name of the command
 * @param revise pure, and the same wherever it is called
 */
export function reviseUserBy<Sent>(
  name: string,
  revise: (sent: Sent, user: User, realm: Realm) => UserInput,
): Command<ReviseByInput<Sent>, ReviseFacts, IssuedCodes> {
  const whole = (input: ReviseByInput<Sent>): ReviseUserInput => ({
    ...input,
    revise: (user, realm) => revise(input.sent, user, realm),
  });
  return {
    name,
    recordedAs: updateUser.name,
    turn: ({ user }) => `revise ${user}`,
    touches: (input, context) => reviseUser.touches(whole(input), context),
    glancesAt: (input) => reviseUser.glancesAt?.(whole(input)),
    needsPreparing: ({ callerPassword }) => callerPassword !== undefined,
    prepare: async (input, snapshot, context) => await prepareRevision(whole(input), snapshot, context),

    decide(state, input, facts, context) {
      if (facts !== undefined) return reviseUser.decide(state, whole(input), facts, context);
      const { user, realm } = targetOf(input, state, context);
      const revised = attempt(() => revise(input.sent, user, realm));
      if (revised === undefined || needsPreparing(revised)) throw new StaleFacts();
      return updateUser.decide(state, { ...revised, user: user.key }, {}, context);
    },
  };
}

/** Undefined for what throws: errors of a dialect's own do not cross threads, and are told by who prepares. */
function attempt(revise: () => UserInput): UserInput | undefined {
  try {
    return revise();
  } catch {
    return undefined;
  }
}

async function prepareRevision(input: ReviseUserInput, snapshot: State, context: PrepareContext): Promise<ReviseFacts> {
  const { user, realm } = targetOf(input, snapshot, context);
  const revised = input.revise(user, realm);
  const { version } = user;
  const previous = context.previous as ReviseFacts | undefined;
  // Somebody else has changed something else: what has been hashed and checked holds, by its own revisions.
  const holds = previous && previous.version !== version && sameJson(previous.revised, revised);
  if (holds) return { ...previous, version };
  const caller = input.callerPassword && (await prepareCallerPassword(input.callerPassword, snapshot, context));
  const whole = { ...revised, user: user.key };
  // Also behind a wrong password, so that it takes as long as a right one.
  const facts = needsPreparing(revised) ? await prepareWhole(whole, context) : {};
  return { revised, version, user: facts, caller };
}

async function prepareWhole(input: UpdateUserInput, context: PrepareContext): Promise<UserFacts> {
  const snapshot = await context.read(updateUser.touches(input, context));
  return (await updateUser.prepare?.(input, snapshot, context)) ?? {};
}
