import { createUser } from '#core/commands/create-user.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { ActingDirectory } from '#core/directory.ts';
import type { RealmKey } from '#core/realm.ts';
import type { User, UserKey } from '#core/user.ts';
import { password, peopleCount } from './plausible.ts';

const kinds: readonly Partial<CreateUserInput>[] = [
  {},
  { lifecycle: 'initial' },
  { state: { locked: true } },
  { state: { disabled: true } },
  { kind: 'machine' },
  {
    email: { address: 'mini@mouse.com', verified: true },
    phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' },
  },
  { administers: { zitadel: true, devicehive: true, accela: true, twosms: true } },
  {
    securityQuestions: [{ question: 'First pet?', order: '1', answer: 'Rex' }],
    pin: '4711',
    patch: { data: { a: [1, { b: null }] } },
  },
];

/** The users that requests are about: some in each state, replaced as they are deleted. */
export class People {
  readonly #system: ActingDirectory;
  readonly #keys: UserKey[] = [];
  #made = 0;

  constructor(system: ActingDirectory) {
    this.#system = system;
  }

  async make(input: Partial<CreateUserInput> = {}, realm: RealmKey = 1): Promise<User> {
    const patch = { username: `person-${this.#made++}`, ...input.patch };
    const set = { set: { plain: password }, rules: { minLength: 1, maxLength: 100 }, lockAfterAttempts: 0 };
    const about = { realm, kind: 'human', password: set, ...input, patch } as const;
    return (await this.#system.run(createUser, about)).user as User;
  }

  /** Their ids, by dialect. */
  async present(): Promise<readonly User['ids'][]> {
    const ids: User['ids'][] = [];
    for (let index = 0; index < peopleCount; index++) {
      const user = (await this.#living(this.#keys[index])) ?? (await this.make(kinds[index % kinds.length]));
      this.#keys[index] = user.key;
      ids.push(user.ids);
    }
    return ids;
  }

  async #living(key: UserKey | undefined): Promise<User | undefined> {
    if (key === undefined) return undefined;
    return await this.#system.get(key).catch(() => undefined);
  }
}
