import type { Actor, Via } from './actor.ts';
import type { Client } from './client.ts';
import type { Command } from './command.ts';
import type { ActingDirectory, Outcome, RunOptions, ShownMessage } from './directory.ts';
import type { Filter, Page, PageRequest } from './filter.ts';
import {
  clientsFor,
  keysFor,
  lastingTokensFor,
  messagesFor,
  realmsFor,
  tokenFor,
  tokensFor,
} from './granted-access.ts';
import type { MachineKey } from './machine-key.ts';
import type { Message } from './message.ts';
import { type MetadataPage, type MetadataQuery, searchMetadata } from './metadata-search.ts';
import { requirePermission } from './permissions.ts';
import { administersVia, authorizeRead, userNotFound } from './policies/authorize.ts';
import { type ChangesPage, idKey, type Store } from './ports.ts';
import type { Token } from './token.ts';
import type { User, UserKey } from './user.ts';

/** What the callers of one directory have in common. */
export interface ActingHost {
  readonly store: Store;
  run<Input, Facts, Result>(
    command: Command<Input, Facts, Result>,
    input: Input,
    actor: Actor,
    via: Via,
    options: RunOptions,
  ): Promise<Outcome<Result>>;
  /** A message as it may be read, with its text only if that is asked for. */
  show(message: Message, withText: boolean): ShownMessage;
}

/** The directory as one caller may use it: authorizes what it reads, and hands on what it runs. One is made for each call. */
export class Acting implements ActingDirectory {
  readonly #host: ActingHost;
  readonly #actor: Actor;
  readonly #via: Via;

  constructor(host: ActingHost, actor: Actor, via: Via) {
    this.#host = host;
    this.#actor = actor;
    this.#via = via;
  }

  run<Input, Facts, Result>(command: Command<Input, Facts, Result>, input: Input, options: RunOptions = {}) {
    return this.#host.run(command, input, this.#actor, this.#via, options);
  }

  async get(key: UserKey): Promise<User> {
    const { users } = await this.#store.load({ users: [key] });
    return this.#present(users.get(key));
  }

  async getBy(dialect: string, id: string): Promise<User> {
    const { usersBy } = await this.#store.load({ usersBy: [{ dialect, value: id }] });
    return this.#present(usersBy.get(idKey(dialect, id)));
  }

  async find(filter: Filter, page: PageRequest): Promise<Page> {
    return await this.#store.find(this.#seen(filter), page);
  }

  async list(filter: Filter, page: PageRequest) {
    const found = await this.find(filter, page);
    const { users, hasMore } = found;
    const isEnd = !hasMore && page.after === undefined && (users.length > 0 || page.offset === 0);
    return { ...found, total: isEnd ? page.offset + users.length : await this.count(filter) };
  }

  async count(filter: Filter): Promise<number> {
    return await this.#store.count(this.#seen(filter));
  }

  async changesOf(key: UserKey, page?: ChangesPage) {
    const { users } = await this.#store.load({ users: [key] });
    this.#visible(users.get(key));
    return await this.#store.changesOf('user', key, page);
  }

  async metadata(key: UserKey, query: MetadataQuery): Promise<MetadataPage> {
    await this.get(key);
    return await searchMetadata(this.#store, key, query);
  }

  async messages(limit: number): Promise<ShownMessage[]> {
    const messages = await messagesFor(this.#actor, this.#via, this.#store, limit);
    return messages.map((message) => this.#host.show(message, this.#actor.owner === true));
  }

  tokens(page: { readonly user?: UserKey; readonly limit: number }): Promise<readonly Token[]> {
    return tokensFor(this.#actor, this.#via, this.#store, page);
  }

  token(id: string): Promise<Token> {
    return tokenFor(this.#actor, this.#via, this.#store, id);
  }

  lastingTokens(dialect: string): Promise<readonly Token[]> {
    return lastingTokensFor(this.#actor, this.#via, this.#store, dialect);
  }

  keys(dialect: string): Promise<readonly MachineKey[]> {
    return keysFor(this.#actor, this.#via, this.#store, dialect);
  }

  realms(page: Parameters<ActingDirectory['realms']>[0]) {
    return realmsFor(this.#actor, this.#store, page);
  }

  clients(limit: number): Promise<readonly Client[]> {
    return clientsFor(this.#actor, this.#store, limit);
  }

  get #store(): Store {
    return this.#host.store;
  }

  /** The user that was read, if the actor may see it; also a deleted one: its history outlives it. */
  #visible(user: User | undefined): User {
    if (user === undefined) throw userNotFound();
    authorizeRead(this.#actor, user, this.#via);
    return user;
  }

  #present(read: User | undefined): User {
    const user = this.#visible(read);
    if (user.fields.lifecycle === 'deleted') throw userNotFound();
    return user;
  }

  #seen(filter: Filter): Filter {
    requirePermission(this.#actor, 'users.read');
    if (this.#actor.owner) return filter;
    const mine: Filter = administersVia(this.#actor, this.#via.dialect)
      ? { op: 'realm', realm: this.#actor.realm }
      : { op: 'user', key: this.#actor.user ?? 0 };
    return { op: 'and', filters: [mine, filter] };
  }
}
