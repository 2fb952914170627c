import { LRUCache } from 'lru-cache';
import { Acting, type ActingHost } from './acting.ts';
import type { Actor, Via } from './actor.ts';
import {
  type Command,
  type NewIdentity,
  type PrepareContext,
  StaleFacts,
  type State,
  type Touches,
} from './command.ts';
import { currentActor, touchesOfActor } from './current-actor.ts';
import { refuseOtherVersion, type Submission } from './decide.ts';
import type { ActingDirectory, Commit, Directory, Identified, Outcome, RunOptions, ShownMessage } from './directory.ts';
import { DirectoryError } from './errors.ts';
import type { FieldTable } from './fields.ts';
import { Identities, type IdSchemes, type RealmIdSchemes } from './identities.ts';
import { epochMsOf, type Instant } from './instant.ts';
import { type Channel, type Message, openContent } from './message.ts';
import { renderMessage } from './policies/message-text.ts';
import {
  type Clock,
  type Hasher,
  idKey,
  type Log,
  type Observer,
  type Random,
  type Sealer,
  type Store,
} from './ports.ts';
import type { Realm, RealmKey } from './realm.ts';
import { type Replay, recall, replayOf } from './replay.ts';
import { loadState, Overlay } from './state.ts';
import { Turns } from './turns.ts';
import type { UserKey } from './user.ts';
import { type Committing, queueFull, Writer, type WriterOptions } from './writer.ts';

/** What a directory runs on. */
export interface DirectoryPorts {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly table: FieldTable;
  readonly idSchemes: IdSchemes;
  /** How a dialect's id of a new realm is made; dialects without one have none. */
  readonly realmIds?: RealmIdSchemes;
  /** The channels on which something delivers messages; on the others the directory's owner may read their text. */
  readonly delivers: readonly Channel[];
  readonly writer?: WriterOptions;
  /** What commits, and tells of it; a writer in this thread unless given. */
  readonly committing?: (onCommit: (commit: Commit) => void) => Committing;
  readonly observer?: Observer;
}

/** Each may hash a password. */
const maxPreparations = 3;
/** Each is a read: what has been hashed holds across them. */
const maxReadings = 100;
const maxCachedIds = 20_000;
/** Refusals that are kept back, at most; beyond it callers are told nothing but that they are too many. */
const maxToldLater = 1_000;
/** Commands that wait for their turn, at most; beyond it callers are refused at once. */
const maxTurns = 10_000;

/** The directory over one store. */
export class RunningDirectory implements Directory {
  readonly #ports: DirectoryPorts;
  readonly #writer: Committing;
  readonly #identities: Identities;
  readonly #listeners = new Set<(commit: Commit) => void>();
  /** Ids never change, so they are looked up once, as long as they are asked for. */
  readonly #keys = new LRUCache<string, UserKey>({ max: maxCachedIds });
  /** Realms are few, and asked for at every request; a commit that touches any makes all be read again. */
  readonly #realms = new Map<RealmKey, Realm>();
  #commits = 0;
  readonly #turns = new Turns();
  readonly #host: ActingHost;
  #toldLater = 0;

  constructor(ports: DirectoryPorts) {
    this.#ports = ports;
    this.#host = {
      store: ports.store,
      run: (...run) => this.#run(...run),
      show: (message, withText) => this.#show(message, withText),
    };
    this.#identities = new Identities(ports.store, ports.random, ports.idSchemes, ports.realmIds);
    const { writer, committing } = ports;
    const onCommit = (commit: Commit) => this.announce(commit);
    this.#writer = committing?.(onCommit) ?? new Writer(ports, onCommit, writer);
  }

  /** Commands that wait to be committed. */
  get waiting(): number {
    return this.#writer.waiting + this.#turns.waiting;
  }

  async resolve(dialect: string, id: string): Promise<UserKey | undefined> {
    const asked = idKey(dialect, id);
    const cached = this.#keys.get(asked);
    if (cached !== undefined) return cached;
    const { ids } = await this.#ports.store.load({ ids: [{ dialect, value: id }] });
    const key = ids.get(asked);
    if (key !== undefined) this.#keys.set(asked, key);
    return key;
  }

  async identify(keys: Iterable<UserKey>): Promise<ReadonlyMap<UserKey, Identified>> {
    const { users } = await this.#ports.store.load({ users: new Set(keys) });
    return new Map(
      [...users].map(([key, { ids, fields, realm }]) => [key, { ids, username: fields.username ?? '', realm }]),
    );
  }

  async realm(key: RealmKey): Promise<Realm> {
    const known = this.#realms.get(key);
    if (known) return known;
    const commits = this.#commits;
    const { realms } = await this.#ports.store.load({ realms: [key] });
    const realm = realms.get(key);
    // What was read while a commit happened may be older than it.
    if (realm && commits === this.#commits) this.#realms.set(key, realm);
    if (realm) return realm;
    throw new DirectoryError('not_found', 'There is no such realm.', { reason: 'realm_not_found' });
  }

  async resolveRealm(dialect: string, value: string): Promise<RealmKey | undefined> {
    const { realmIds } = await this.#ports.store.load({ realmIds: [{ dialect, value }] });
    return realmIds.get(idKey(dialect, value));
  }

  newRealm(name: string): Promise<Pick<Realm, 'key' | 'ids'>> {
    return this.#identities.realm(name);
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  as(actor: Actor, via: Via): ActingDirectory {
    return new Acting(this.#host, actor, via);
  }

  /** Finishes what was taken. The store stays open. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  #show(message: Message, withText: boolean): ShownMessage {
    const { sealer, delivers, clock } = this.#ports;
    const { sealed: _, nextAttemptAt, ...shown } = message;
    if (delivers.includes(message.channel)) return nextAttemptAt === undefined ? shown : { ...shown, nextAttemptAt };
    return withText && message.state === 'waiting' ? { ...shown, text: textOf(message, sealer, clock.now()) } : shown;
  }

  #run<Input, Facts, Result>(
    command: Command<Input, Facts, Result>,
    input: Input,
    actor: Actor,
    via: Via,
    options: RunOptions,
  ): Promise<Outcome<Result>> {
    const { clock, sealer } = this.#ports;
    // A dry run answers no code, so it is never answered with what a real one came to.
    const given = command.forDecision?.(input) ?? input;
    const replay = options.dryRun ? undefined : replayOf(options, command.name, given, actor, via, clock.now(), sealer);
    const turn = command.turn?.(input);
    if (this.#turns.waiting >= maxTurns) return Promise.reject(queueFull());
    const attempt = () => this.#prepareAndSubmit(command, input, actor, via, options, replay);
    const inTurn = turn === undefined ? attempt : () => this.#turns.take(turn, attempt);
    const outcome = (replay === undefined ? inTurn() : this.#once(replay, inTurn)) as Promise<Outcome<Result>>;
    return outcome.catch((error: unknown) => this.#refuse(error, actor, via));
  }

  async #refuse(error: unknown, actor: Actor, via: Via): Promise<never> {
    const { observer, clock } = this.#ports;
    const known = error instanceof DirectoryError ? error : undefined;
    // What the server does by itself on behalf of a credential is told of by the guard.
    if (actor.kind !== 'system') observer?.refused(via.dialect, known?.code ?? 'internal');
    // By now nothing waits for this command but its caller.
    const tellAfterMs = Number(known?.facts['tellAfterMs'] ?? 0);
    if (tellAfterMs === 0) throw error;
    if (this.#toldLater >= maxToldLater) throw tooManyAttempts();
    this.#toldLater += 1;
    await clock.pause(tellAfterMs);
    this.#toldLater -= 1;
    throw error;
  }

  /** Twins under one key run one after the other: the second is answered with what the first came to. */
  #once(replay: Replay, attempt: () => Promise<Outcome<unknown>>): Promise<Outcome<unknown>> {
    const { store, sealer } = this.#ports;
    return this.#turns.take(replay.scope, async () => {
      const { idempotency } = await store.load({ idempotency: [replay.scope] });
      return recall(replay, idempotency.get(replay.scope), sealer) ?? (await attempt());
    });
  }

  async #prepareAndSubmit<Input, Facts, Result>(
    command: Command<Input, Facts, Result>,
    input: Input,
    actor: Actor,
    via: Via,
    { ifVersion, dryRun = false }: RunOptions,
    replay: Replay | undefined,
  ): Promise<Outcome<unknown>> {
    const { clock, random } = this.#ports;
    let touches = command.touches(input, { actor });
    let prepares = command.prepare !== undefined && command.needsPreparing?.(input) !== false;
    // What rests on a whole user finds it changed more often than what rests on a secret.
    const atMost = command.turn === undefined ? maxPreparations : maxReadings;
    let facts: Facts | undefined;
    let release: (() => void) | undefined;
    try {
      for (let preparations = prepares ? 1 : 0; ; preparations++) {
        const free = release ? undefined : this.#turns.free(holdOf(touches));
        if (free) await free;
        const newUser = touches.createsUser ? await this.#identities.next() : undefined;
        if (newUser) touches = command.touches(input, { actor, newUser });
        const call = { via, dryRun, ...(newUser ? { newUser } : {}) };
        const asked = { touches, ifVersion, via, previous: facts };
        if (prepares) facts = await this.#prepare(command, input, actor, asked, call);
        const salt = Buffer.from(random.bytes(16)).toString('base64');
        const now = clock.now();
        const submission = { command, input, touches, facts, actor, via, dryRun, newUser, ifVersion, now, salt };
        try {
          return await this.#writer.submit(submission as Submission, replay);
        } catch (error) {
          if (!(error instanceof StaleFacts)) throw error;
          if (preparations >= atMost) throw tooContended(error);
          // Others keep changing the user: from now on they wait until this one is done.
          if (command.turn && preparations >= maxPreparations) release ??= this.#turns.hold(holdOf(touches));
          prepares = command.prepare !== undefined;
        }
      }
    } finally {
      release?.();
    }
  }

  async #prepare<Input, Facts, Result>(
    command: Command<Input, Facts, Result>,
    input: Input,
    actor: Actor,
    asked: Pick<Submission, 'touches' | 'ifVersion' | 'via'> & { readonly previous: Facts | undefined },
    call: Pick<PrepareContext, 'via' | 'dryRun'> & { readonly newUser?: NewIdentity },
  ): Promise<Facts | undefined> {
    const { store, clock, hasher, sealer, random, table } = this.#ports;
    const only = command.glancesAt?.(input);
    const snapshot =
      only === undefined ? await loadState(store, [asked.touches, touchesOfActor(actor)]) : await this.#glanceAt(only);
    // Who has just been let in is still who it was; the decision looks again.
    const acting = only === undefined ? currentActor(actor, snapshot) : actor;
    refuseOtherVersion(asked, acting, snapshot);
    const read = (touches: Touches): Promise<State> => loadState(store, [touches]);
    const { previous } = asked;
    const context = { ...call, actor: acting, now: clock.now(), table, hasher, sealer, random, clock, read, previous };
    return await command.prepare?.(input, snapshot, context);
  }

  /** One user with its realm: a single read. */
  async #glanceAt(key: UserKey): Promise<State> {
    const { users } = await this.#ports.store.load({ users: [key] });
    const realms = new Map<RealmKey, Realm>();
    for (const { realm } of users.values()) realms.set(realm, await this.realm(realm));
    const state = new Overlay();
    state.learn({ users, realms });
    return state;
  }

  /** Tells of a commit: the writer's own, or one that another process has made. */
  announce(commit: Commit): void {
    this.#commits += 1;
    if (commit.realms.size > 0 || commit.everything) this.#realms.clear();
    for (const listener of this.#listeners) {
      try {
        listener(commit);
      } catch (error) {
        this.#ports.log.error({ err: error }, 'a listener to commits failed');
      }
    }
  }
}

/** What one command can keep the others from: the user that it is about. */
function holdOf({ users }: Touches): string {
  return `user ${users?.[0]}`;
}

function tooManyAttempts(): DirectoryError {
  return new DirectoryError('resource_exhausted', 'Too many attempts: try again later.', {
    reason: 'too_many_attempts',
    facts: { retryAfterSeconds: 10 },
  });
}

function textOf(message: Message, sealer: Sealer, now: Instant): string {
  const { text, short } = renderMessage(openContent(message, sealer), epochMsOf(message.expiresAt) - epochMsOf(now));
  return message.channel === 'text' ? short : text;
}

function tooContended(cause: StaleFacts): DirectoryError {
  return new DirectoryError('unavailable', 'The user keeps changing: try again.', { reason: 'too_contended', cause });
}
