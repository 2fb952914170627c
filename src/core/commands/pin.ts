import { type Context, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import { invalidField } from '#core/errors.ts';
import type { User, UserKey } from '#core/user.ts';
import { freshRevision, type Part, setAfter } from './part.ts';

/** What `prepare` found out about a fixed PIN. */
export interface PinFacts {
  readonly sealed: string;
  /** The revision that it was compared with; 0 for none. */
  readonly revision: number;
  /** The next one: never used before, also when there has been none in between. */
  readonly nextRevision: number;
  readonly unchanged: boolean;
}

export function preparePin(pin: string, user: UserKey, state: State, { sealer, random }: PrepareContext): PinFacts {
  if (typeof pin !== 'string' || !/^[\x20-\x7e]{4,20}$/.test(pin)) {
    throw invalidField('pin', 'pin must have 4 to 20 visible ASCII characters.');
  }
  const purpose = `pin/${user}`;
  const present = state.secret(user, 'pin');
  const unchanged = present !== undefined && sealer.open(present.doc.sealed, purpose) === pin;
  const sealed = sealer.seal(pin, purpose);
  return { sealed, revision: present?.revision ?? 0, nextRevision: freshRevision(random), unchanged };
}

/** Fixes the PIN, or with null lets it be random again. */
export function decidePin(
  pin: string | null,
  facts: PinFacts | undefined,
  key: UserKey,
  user: User | undefined,
  state: State,
  context: Context,
): Part {
  const revision = state.secret(key, 'pin')?.revision ?? 0;
  if (pin === null) {
    const gone = { patch: { 'pin.setAt': null } };
    return revision === 0 ? gone : { ...gone, writes: { dropSecrets: [{ user: key, name: 'pin' }] } };
  }
  const patch = { 'pin.setAt': setAfter(user?.fields['pin.setAt'], context.now) };
  if (context.dryRun) return { patch };
  if (facts === undefined || facts.revision !== revision) throw new StaleFacts();
  if (facts.unchanged) return {};
  const doc = { sealed: facts.sealed };
  return { patch, writes: { putSecrets: [{ user: key, name: 'pin', revision: facts.nextRevision, doc }] } };
}
