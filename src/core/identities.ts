import type { NewIdentity } from './command.ts';
import type { Random, Store } from './ports.ts';
import type { Realm } from './realm.ts';
import type { UserKey } from './user.ts';

/** How a dialect's id of a new user is made: the next free number, or the user's one guid. */
export type IdSchemes = Readonly<Record<string, 'number' | 'guid'>>;

/** How a dialect's id of a new realm is made: the next free number, a guid, or its name in capitals. */
export type RealmIdSchemes = Readonly<Record<string, 'number' | 'guid' | 'name'>>;

interface Asking {
  readonly resolve: (identity: NewIdentity) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out fresh ids for new users. Who asks while numbers are being fetched is served together with the next ones. */
export class Identities {
  readonly #store: Pick<Store, 'allocate'>;
  readonly #random: Random;
  readonly #schemes: readonly (readonly [dialect: string, scheme: 'number' | 'guid'])[];
  readonly #realmSchemes: RealmIdSchemes;
  #asking: Asking[] = [];
  #fetching = false;

  constructor(store: Pick<Store, 'allocate'>, random: Random, schemes: IdSchemes, realmSchemes: RealmIdSchemes = {}) {
    this.#store = store;
    this.#random = random;
    this.#schemes = Object.entries(schemes);
    this.#realmSchemes = realmSchemes;
  }

  /** The core's key and an id in every dialect. Numbers that are not used stay unused. */
  next(): Promise<NewIdentity> {
    return new Promise((resolve, reject) => {
      this.#asking.push({ resolve, reject });
      if (!this.#fetching) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#fetching = true;
    while (this.#asking.length > 0) {
      const served = this.#asking.splice(0);
      try {
        const identityAt = await this.several(served.length);
        for (const [index, { resolve }] of served.entries()) resolve(identityAt(index));
      } catch (error) {
        for (const { reject } of served) reject(error);
      }
    }
    this.#fetching = false;
  }

  /** The core's key of a realm and its id in every dialect that has one. */
  async realm(name: string): Promise<Pick<Realm, 'key' | 'ids'>> {
    const [key, guid] = [await this.#store.allocate('realm', 1), this.#random.uuid()];
    const idIn = {
      guid: () => guid,
      name: () => inCapitals(name) || `REALM_${key}`,
      number: async (dialect: string) => String(await this.#store.allocate(`realm:${dialect}`, 1)),
    };
    const schemes = Object.entries(this.#realmSchemes);
    const ids = await Promise.all(schemes.map(async ([dialect, how]) => [dialect, await idIn[how](dialect)] as const));
    return { key, ids: Object.fromEntries(ids) };
  }

  /** The same for so many users at once, by their index. */
  async several(count: number): Promise<(index: number) => NewIdentity> {
    const numbered = this.#schemes.filter(([, scheme]) => scheme === 'number').map(([dialect]) => dialect);
    const [key, ...firsts] = await Promise.all([
      this.#store.allocate('user', count),
      ...numbered.map((dialect) => this.#store.allocate(`id:${dialect}`, count)),
    ]);
    return (index) => {
      const guid = this.#random.uuid();
      const idOf = (dialect: string): string => {
        const first = firsts[numbered.indexOf(dialect)];
        return first === undefined ? guid : String(first + index);
      };
      return { key: (key as UserKey) + index, ids: Object.fromEntries(this.#schemes.map(([d]) => [d, idOf(d)])) };
    };
  }
}

function inCapitals(name: string): string {
  const letters = name.toUpperCase().match(/[A-Z0-9]+/g) ?? [];
  return letters.join('_').slice(0, 50);
}

/** Whether somebody else's id can be kept: 1 to 200 visible ASCII characters that a path can hold, which eats dots. */
export function isNameable(id: string): boolean {
  return /^(?!\.{1,2}$)[\x21-\x7e]{1,200}$/.test(id);
}
