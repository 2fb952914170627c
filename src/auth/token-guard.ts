import { type Actor, type ActorToken, systemActor, type Via } from '#core/actor.ts';
import { type Client, clientOf, clientRecord } from '#core/client.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import { confirmPassword, signIn, wrongPassword } from '#core/commands/sign-in.ts';
import { actorOf, actorOfClient, inactivityOf, tokenInvalid } from '#core/current-actor.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { keyOf, keyRecord } from '#core/machine-key.ts';
import { nameKey } from '#core/names.ts';
import type { Confirming } from '#core/news-follower.ts';
import type { Permission } from '#core/permissions.ts';
import { clientSecretPurpose } from '#core/policies/machine-credentials.ts';
import type { Clock, Hasher, Random, Sealer, Store } from '#core/ports.ts';
import { recordKey } from '#core/ports.ts';
import type { RealmKey } from '#core/realm.ts';
import type { Secret } from '#core/secret.ts';
import { hashToken, type Token } from '#core/token.ts';
import { signsInAs, type User, type UserKey } from '#core/user.ts';
import type {
  ClientSignIn,
  Guard,
  KeySignIn,
  NewToken,
  ProvenMachine,
  Refreshed,
  SignIn,
  TokenHolder,
} from './guard.ts';
import { type Known, KnownTokens } from './known-tokens.ts';
import { SignInLimits } from './sign-in-limits.ts';

export interface GuardPorts {
  readonly store: Store;
  readonly directory: Directory;
  readonly hasher: Hasher;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  /** Of a store that others write, too. */
  readonly confirming?: Confirming | undefined;
}

/** Checks tokens against the store, and remembers the answer until a commit touches the token or its holder. */
export class TokenGuard implements Guard {
  readonly #ports: GuardPorts;
  readonly #known = new KnownTokens();
  readonly #limits: SignInLimits;

  constructor(ports: GuardPorts) {
    this.#ports = ports;
    this.#limits = new SignInLimits(ports.clock);
    ports.directory.onCommit((commit) => this.#known.onCommit(commit));
  }

  async authenticate(token: string | undefined, dialect: string): Promise<Actor> {
    return (await this.#check(token, dialect, 'access')).actor;
  }

  async refresh(token: string, dialect: string): Promise<Refreshed> {
    const { token: row, client } = await this.#check(token, dialect, 'refresh');
    // Token and user of one moment: a new password that has ended the token is not taken for the one that it came of.
    const wanted = { tokens: [row.hash], users: row.user === undefined ? [] : [row.user] };
    const { tokens, users } = await this.#ports.store.load(wanted);
    const user = row.user === undefined ? undefined : users.get(row.user);
    if (!tokens.has(row.hash) || (row.user !== undefined && user === undefined)) throw tokenInvalid();
    return { ...(user ? { user } : {}), ...(client ? { client } : {}), rights: row.rights, signedIn: row.signedIn };
  }

  async signIn({ name, password, lockAfterAttempts, realm }: SignIn, via: Via): Promise<User> {
    return this.#limits.attempt({ name: nameKey(name), address: via.address }, async () => {
      const user = await this.#holderOf(name, via.dialect, realm);
      if (user === undefined) {
        await this.#ports.hasher.pretend(password);
        throw wrongPassword();
      }
      const attempt = { user, password, lockAfterAttempts };
      const outcome = await this.#ports.directory.as(systemActor, via).run(signIn, attempt);
      if (outcome.user === undefined) throw wrongPassword();
      return outcome.user;
    });
  }

  async confirm({ user, id }: Actor, attempt: Omit<SignIn, 'name' | 'realm'>, via: Via): Promise<void> {
    if (user === undefined) return;
    await this.#limits.attempt({ name: `confirm ${id}`, address: via.address }, () =>
      this.#ports.directory.as(systemActor, via).run(confirmPassword, { user, ...attempt }),
    );
  }

  async signInClient({ dialect, id, secret }: ClientSignIn, via: Via): Promise<Client> {
    return this.#limits.attempt({ client: `${dialect} ${id}`, address: via.address }, async () => {
      const client = await this.#client(dialect, id);
      if (client === undefined) await this.#ports.hasher.pretend(secret);
      else if (await this.#ports.hasher.verify(client.secretHash, secret)) return client;
      throw clientInvalid();
    });
  }

  // Nobody guesses a machine's secret or key: counted by its name, wrong attempts would only keep the machine out.
  async signInMachine({ dialect, id, secret }: ClientSignIn, via: Via): Promise<ProvenMachine> {
    return this.#limits.attempt({ address: via.address }, async () => {
      const key = await this.#holderOf(id, dialect, undefined);
      const { user, secrets } = await this.#machine(key);
      const held = secrets.find((one): one is Secret<'clientSecret'> => one.name === 'clientSecret');
      const macs = this.#ports.sealer.macs(secret, clientSecretPurpose(key ?? 0));
      if (user && held && macs.includes(held.doc.mac)) return { user, proof: { secretRevision: held.revision } };
      throw clientInvalid();
    });
  }

  async signInByKey({ dialect, user: id, key, verify }: KeySignIn, via: Via): Promise<ProvenMachine> {
    return this.#limits.attempt({ address: via.address }, async () => {
      const { user } = await this.#machine(await this.#ports.directory.resolve(dialect, id));
      const record = keyRecord(dialect, key);
      const found = user && (await this.#ports.store.load({ records: [record] })).records.get(recordKey(record));
      const held = found && keyOf(found);
      const isGood = held && held.user === user.key && held.expiresAt > this.#ports.clock.now();
      if (isGood && (await verify(held.publicKey))) return { user, proof: { key: { dialect, id: key } } };
      throw clientInvalid();
    });
  }

  async issue(
    { user, proof, client, replaces, from }: TokenHolder,
    tokens: readonly NewToken[],
    via: Via,
    by = systemActor,
  ) {
    const { directory, random } = this.#ports;
    const rows = tokens.map(({ token, ...rest }) => ({ ...rest, hash: hashToken(token), id: random.uuid() }));
    await directory.as(by, via).run(issueTokens, {
      ...(user ? { user: { key: user.key, passwordSetAt: user.fields['password.setAt'], proof } } : {}),
      ...(client ? { client: { dialect: client.dialect, id: client.id } } : {}),
      ...(replaces === undefined ? {} : { replaces: hashToken(replaces) }),
      ...(from === undefined ? {} : { from: hashToken(from) }),
      tokens: rows,
    });
  }

  async #holderOf(name: string, dialect: string, realm: RealmKey | undefined): Promise<UserKey | undefined> {
    const { store } = this.#ports;
    const key = nameKey(name);
    const user = (await store.load({ names: [key] })).names.get(key);
    const holder = user === undefined ? undefined : (await store.load({ users: [user] })).users.get(user);
    if (realm !== undefined && holder?.realm !== realm) return undefined;
    return holder && signsInAs(dialect, holder, name) ? user : undefined;
  }

  /** An active machine, with its secrets. */
  async #machine(key: UserKey | undefined): Promise<{ user?: User; secrets: readonly Secret[] }> {
    if (key === undefined) return { secrets: [] };
    const { users, secrets } = await this.#ports.store.load({ users: [key], secretsOf: [key] });
    const user = users.get(key);
    if (user?.kind !== 'machine' || inactivityOf(user)) return { secrets: [] };
    return { user, secrets: secrets.get(key) ?? [] };
  }

  async #client(dialect: string, id: string): Promise<Client | undefined> {
    const record = clientRecord(dialect, id);
    const found = (await this.#ports.store.load({ records: [record] })).records.get(recordKey(record));
    return found && clientOf(found);
  }

  async #check(token: string | undefined, dialect: string, use: Token['use']): Promise<Known> {
    if (token === undefined || token === '') {
      throw new DirectoryError('unauthenticated', 'A token is needed.', { reason: 'token_missing' });
    }
    const hash = hashToken(token);
    const confirmation = this.#ports.confirming?.confirm();
    if (confirmation) await confirmation;
    const known = this.#known.get(hash) ?? (await this.#find(hash));
    const opens = known?.token.dialect === dialect || known?.token.dialect === 'directory';
    if (known === undefined || !opens || known.token.use !== use) throw tokenInvalid();
    if (known.token.expiresAt !== undefined && known.token.expiresAt <= this.#ports.clock.now()) {
      throw new DirectoryError('unauthenticated', 'The token has expired.', { reason: 'token_expired' });
    }
    if (known.inactive) throw known.inactive;
    return known;
  }

  async #find(hash: string): Promise<Known | undefined> {
    const { store, confirming } = this.#ports;
    const { commits } = this.#known;
    const refuseLate = confirming?.read();
    const token = (await store.load({ tokens: [hash] })).tokens.get(hash);
    const known = token && (await this.#resolve(token));
    refuseLate?.();
    if (known && commits === this.#known.commits) this.#known.remember(hash, known);
    return known;
  }

  /** What a token stands for; undefined unless all of it is there. */
  async #resolve(token: Token): Promise<Known | undefined> {
    const { store } = this.#ports;
    const client = token.client === undefined ? undefined : await this.#client(token.dialect, token.client);
    if (token.client !== undefined && client === undefined) return undefined;
    const own = actorTokenOf(token);
    if (token.user === undefined)
      return client && { token, client, actor: actorOfClient(client, own), inactive: undefined };
    const user = (await store.load({ users: [token.user] })).users.get(token.user);
    return user && { token, client, actor: actorOf(user, own), inactive: inactivityOf(user) };
  }
}

function clientInvalid(): DirectoryError {
  return new DirectoryError('unauthenticated', 'The client or its secret is wrong.', { reason: 'client_invalid' });
}

/** What an actor keeps of its token. The directory's own tokens may be limited to some permissions. */
function actorTokenOf({ hash, rights, signedIn, dialect, client, expiresAt }: Token): ActorToken {
  const permissions = dialect === 'directory' ? (rights as Limits | null)?.permissions : undefined;
  return {
    hash,
    rights,
    signedIn,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(permissions ? { permissions } : {}),
    ...(client === undefined ? {} : { client: { dialect, id: client } }),
  };
}

interface Limits {
  readonly permissions?: readonly Permission[];
}
