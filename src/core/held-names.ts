import type { State } from './command.ts';
import { DirectoryError } from './errors.ts';
import { nameAlgorithm, nameKey } from './names.ts';
import type { Fields } from './patch.ts';
import type { HeldName } from './ports.ts';
import { isNamePath, namesOf, type UserKey } from './user.ts';

/** The comparison keys that a user holds; a deleted user holds none, so that its names are free again. */
function heldKeys(fields: Fields): string[] {
  if (fields.lifecycle === 'deleted') return [];
  const keys = namesOf(fields).map(nameKey);
  return keys.length < 2 ? keys : [...new Set(keys)];
}

const nothingClaimed = { addNames: [], removeNames: [] };

/** Spares the folding of names where, as nearly always, none has changed. */
function sameNames(before: Fields, after: Fields): boolean {
  return before.lifecycle === after.lifecycle && holdsNamesOf(before, after) && holdsNamesOf(after, before);
}

function holdsNamesOf(fields: Fields, others: Fields): boolean {
  for (const path in others) if (isNamePath(path) && fields[path] !== others[path]) return false;
  return true;
}

/** What of the names is new and what is free again. Throws `username_taken` when somebody else holds one. */
export function claimNames(
  state: State,
  user: UserKey,
  before: Fields,
  after: Fields,
): { addNames: HeldName[]; removeNames: string[] } {
  if (sameNames(before, after)) return nothingClaimed;
  const [had, has] = [heldKeys(before), heldKeys(after)];
  const added = has.filter((key) => !had.includes(key));
  for (const key of added) {
    const holder = state.holderOfName(key);
    if (holder !== undefined && holder !== user) {
      throw new DirectoryError('already_exists', 'This username is taken.', {
        reason: 'username_taken',
        field: 'username',
      });
    }
  }
  return {
    addNames: added.map((key) => ({ key, algorithm: nameAlgorithm })),
    removeNames: had.filter((key) => !has.includes(key)),
  };
}
