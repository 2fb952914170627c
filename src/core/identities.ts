import type { NewIdentity } from './command.ts';
import type { Random, Store } from './ports.ts';

/** How a dialect's id of a new user is made: the next free number, or the user's one guid. */
export type IdSchemes = Readonly<Record<string, 'number' | 'guid'>>;

/** Fresh ids for one new user: the core's key, and an id in every dialect. Numbers that are not used stay unused. */
export async function newIdentity(store: Store, random: Random, schemes: IdSchemes): Promise<NewIdentity> {
  const guid = random.uuid();
  const [key, ...ids] = await Promise.all([
    store.allocate('user', 1),
    ...Object.entries(schemes).map(async ([dialect, scheme]) => {
      const id = scheme === 'guid' ? guid : String(await store.allocate(`id:${dialect}`, 1));
      return [dialect, id] as const;
    }),
  ]);
  return { key, ids: Object.fromEntries(ids) };
}
