import type { Actor, Via } from './actor.ts';
import type { NewIdentity } from './command.ts';
import { createUser } from './commands/create-user.ts';
import type { CreateUserInput } from './commands/user-input.ts';
import { needsPreparing } from './commands/user-parts.ts';
import { decide } from './decide.ts';
import { DirectoryError } from './errors.ts';
import type { FieldTable } from './fields.ts';
import type { Identities } from './identities.ts';
import type { Clock, Random, Store, Unit } from './ports.ts';
import { loadState, type Overlay } from './state.ts';

export interface CreatingPorts {
  readonly store: Pick<Store, 'load' | 'apply'>;
  readonly identities: Pick<Identities, 'several'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly table: FieldTable;
}

const maxTries = 5;

/**
 * Adds many users, each decided and recorded as `create-user` would be, but with one question to the store for all of
 * them and one answer: for filling a directory. Whose username is taken is left as it is. Resolves once all are durable;
 * rejects with a DirectoryError when one is refused: then none of them stands, unless others took names or ids meanwhile.
 * Inputs that need preparing (a password, a code) are for `create-user` itself.
 */
export async function createUsers(
  inputs: readonly CreateUserInput[],
  actor: Actor,
  via: Via,
  ports: CreatingPorts,
): Promise<void> {
  if (inputs.some(needsPreparing)) throw new TypeError('Users with a password or a code are created one by one.');
  let left = inputs;
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === maxTries) {
      throw new DirectoryError('unavailable', 'Others keep taking the same names: try again.', {
        reason: 'too_contended',
      });
    }
    left = await tryToCreate(left, actor, via, ports);
  }
}

/** Answers those that have lost. */
async function tryToCreate(
  inputs: readonly CreateUserInput[],
  actor: Actor,
  via: Via,
  ports: CreatingPorts,
): Promise<readonly CreateUserInput[]> {
  const touched = inputs.map((input) => createUser.touches(input, { actor }));
  const state = await loadState(ports.store, touched);
  // Of the names alone, so that nobody is given an id that is not used.
  const added = inputs.filter((_, index) =>
    touched[index]?.names?.every((name) => state.holderOfName(name) === undefined),
  );
  if (added.length === 0) return [];
  const identityAt = await ports.identities.several(added.length);
  const units = added.map((input, index) => decideOn(input, actor, via, identityAt(index), state, ports));
  const outcomes = await ports.store.apply(units);
  return added.filter((_, index) => outcomes[index] === 'lost');
}

function decideOn(
  input: CreateUserInput,
  actor: Actor,
  via: Via,
  newUser: NewIdentity,
  state: Overlay,
  { clock, random, table }: CreatingPorts,
): Unit {
  const given = { command: createUser, input, touches: {}, facts: undefined, actor, via, newUser } as const;
  const salt = Buffer.from(random.bytes(16)).toString('base64');
  const { unit } = decide({ ...given, ifVersion: undefined, dryRun: false, now: clock.now(), salt }, state, table);
  state.absorb(unit);
  return unit;
}
