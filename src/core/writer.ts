import { StaleFacts, type Touches } from './command.ts';
import { touchesOfActor } from './current-actor.ts';
import { type Decided, decide, type Submission } from './decide.ts';
import type { Commit, Outcome } from './directory.ts';
import { DirectoryError } from './errors.ts';
import type { FieldTable } from './fields.ts';
import type { Log, Sealer, Store, Unit, UnitOutcome } from './ports.ts';
import type { RealmKey } from './realm.ts';
import { type Replay, recall, remember } from './replay.ts';
import { loadState, Overlay } from './state.ts';
import { usersOf } from './unit.ts';
import type { UserKey } from './user.ts';

/** What takes commands and answers them once they are durable, each with its outcome. */
export interface Committing {
  /** Commands that wait for the next batch. */
  readonly waiting: number;
  /** Rejects with a DirectoryError, or with StaleFacts: then the command is to be prepared again. */
  submit(submission: Submission, replay?: Replay): Promise<Outcome<unknown>>;
  /** Refuses what comes from now on, and resolves when what was taken has been committed. */
  close(): Promise<void>;
}

export interface WriterPorts {
  readonly store: Pick<Store, 'load' | 'apply' | 'news'>;
  readonly table: FieldTable;
  readonly sealer: Sealer;
  readonly log: Log;
}

interface Pending {
  readonly submission: Submission;
  readonly replay: Replay | undefined;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

/** A pending command that has been decided and waits for its batch to be durable. */
interface Settlement {
  readonly pending: Pending;
  readonly unit: Unit | undefined;
  readonly settle: () => void;
}

/** Commands that have been decided together, in order of arrival. */
interface Batch {
  readonly pendings: Pending[];
  readonly settlements: Settlement[];
}

/** The batch that is decided while the one before it is being committed. */
interface Gathering {
  readonly batch: Batch;
  /** All that was read and decided since the pipeline was last empty, or since it was read anew. */
  readonly view: Overlay;
  deciding: Promise<void> | undefined;
}

interface Failed {
  readonly error: unknown;
}

export interface WriterOptions {
  /** Commands in one transaction, at most. */
  readonly maxBatch?: number;
  /** Commands that wait, at most; beyond it callers are refused at once. */
  readonly maxQueue?: number;
  /** A batch of so many commands is taken up; what this answers is called when it is durable, or has failed. */
  readonly onBatch?: (commands: number) => () => void;
  /** Waits until what arrives together has arrived; what comes in one turn of the event loop, unless given. */
  readonly arrived?: () => Promise<unknown>;
}

/**
 * Each time somebody else has won, so that among few who want the same, nobody needs nearly as many; what loses for
 * another reason than that ends some time.
 */
const maxTries = 100;
/** After so many batches a store that nobody else writes is read anew, so that what a view holds does not grow without end. */
const maxAge = 16;

/**
 * The group commit: takes what has gathered while the last batch was being committed, decides it in order of arrival
 * over one snapshot, and commits it in one transaction. Callers are answered only then.
 */
export class Writer implements Committing {
  readonly #ports: WriterPorts;
  readonly #onCommit: (commit: Commit) => void;
  readonly #maxBatch: number;
  readonly #maxQueue: number;
  readonly #isShared: boolean;
  readonly #onBatch: WriterOptions['onBatch'];
  readonly #arrived: () => Promise<unknown>;
  #queue: Pending[] = [];
  #running: Promise<void> | undefined;
  #gathering: Gathering | undefined;
  #closed = false;

  constructor(ports: WriterPorts, onCommit: (commit: Commit) => void, options: WriterOptions = {}) {
    this.#ports = ports;
    this.#onCommit = onCommit;
    this.#maxBatch = options.maxBatch ?? 512;
    this.#maxQueue = options.maxQueue ?? 10_000;
    this.#isShared = ports.store.news !== undefined;
    this.#onBatch = options.onBatch;
    this.#arrived = options.arrived ?? (() => Promise.resolve());
  }

  get waiting(): number {
    return this.#queue.length;
  }

  submit(submission: Submission, replay?: Replay): Promise<Outcome<unknown>> {
    if (this.#closed) return Promise.reject(shuttingDown());
    if (this.#queue.length >= this.#maxQueue) return Promise.reject(queueFull());
    return new Promise((resolve, reject) => {
      this.#queue.push({ submission, replay, resolve, reject, tries: 0 });
      this.#running ??= this.#drain();
      // Once for all that arrives in this turn of the event loop.
      if (this.#gathering && this.#queue.length === 1) setImmediate(() => this.#gather());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /**
   * Commits batch after batch. While one is being committed the next one gathers and is decided upon it, so that it
   * is committed as soon as the first one stands. If that does not stand whole, the next one is decided again.
   */
  async #drain(): Promise<void> {
    await this.#arrived();
    while (this.#queue.length > 0) {
      const view = new Overlay();
      let batch: Batch | undefined = await this.#first(view);
      let committing = batch && this.#commit(batch);
      for (let age = 1; batch !== undefined && committing !== undefined; age++) {
        if (this.#isShared) this.#gathering = gatheringUpon(viewUpon(batch));
        else if (age < maxAge) this.#gathering = gatheringUpon(view);
        const outcomes = await committing;
        // The store is away: who waits is told so before what the next batch asks of it is waited for.
        const isAway = 'error' in outcomes && outcomes.error instanceof DirectoryError;
        if (isAway) await this.#conclude(batch, outcomes);
        const next: Batch | undefined = await this.#gathered();
        const stands = Array.isArray(outcomes) && !outcomes.includes('lost');
        if (next && !stands) this.#queue.unshift(...next.pendings);
        const goesOn: Batch | undefined = stands ? next : undefined;
        committing = goesOn && this.#commit(goesOn);
        if (!isAway) await this.#conclude(batch, outcomes);
        batch = goesOn;
      }
      await this.#arrived();
    }
    this.#running = undefined;
  }

  /** The batch that nothing is being committed before. */
  async #first(view: Overlay): Promise<Batch | undefined> {
    const batch: Batch = { pendings: [], settlements: [] };
    const taken = this.#queue.splice(0, this.#maxBatch);
    try {
      await this.#decideInto(batch, taken, view);
      return batch;
    } catch (error) {
      await this.#fail(taken, error);
      return undefined;
    }
  }

  /** Decides what has gathered since it was last done, upon the batch that is being committed. */
  #gather(): void {
    const gathering = this.#gathering;
    if (gathering === undefined || gathering.deciding) return;
    gathering.deciding = this.#decideMore(gathering).finally(() => {
      gathering.deciding = undefined;
    });
  }

  /** Ends the gathering; undefined when nothing came, or none was begun. */
  async #gathered(): Promise<Batch | undefined> {
    const gathering = this.#gathering;
    if (gathering === undefined) return undefined;
    this.#gathering = undefined;
    await gathering.deciding;
    await this.#decideMore(gathering);
    return gathering.batch.pendings.length === 0 ? undefined : gathering.batch;
  }

  async #decideMore({ batch, view }: Gathering): Promise<void> {
    const taken = this.#queue.splice(0, this.#maxBatch - batch.pendings.length);
    if (taken.length === 0) return;
    try {
      await this.#decideInto(batch, taken, view);
    } catch {
      // Whoever cannot be decided now is the first of a later batch, which tells of the fault.
      this.#queue.unshift(...taken);
    }
  }

  async #decideInto({ pendings, settlements }: Batch, taken: readonly Pending[], view: Overlay): Promise<void> {
    await loadState(this.#ports.store, taken.flatMap(touchesOf), taken.flatMap(scopeOf), view);
    if (view.isOvertaken) throw new Error('Others have overtaken what this would be decided upon.');
    for (const pending of taken) settlements.push(this.#decide(pending, view));
    pendings.push(...taken);
  }

  /** What became of the units, or what has kept the store from taking the batch. */
  async #commit({ pendings, settlements }: Batch): Promise<readonly UnitOutcome[] | Failed> {
    const done = this.#onBatch?.(pendings.length);
    const units = settlements.flatMap(({ unit }) => (unit === undefined ? [] : [unit]));
    try {
      return units.length > 0 ? await this.#ports.store.apply(units) : [];
    } catch (error) {
      return { error };
    } finally {
      done?.();
    }
  }

  async #conclude({ pendings, settlements }: Batch, outcomes: readonly UnitOutcome[] | Failed): Promise<void> {
    if ('error' in outcomes) await this.#fail(pendings, outcomes.error);
    else this.#settle(settlements, outcomes);
  }

  #decide(pending: Pending, state: Overlay): Settlement {
    const { submission, replay, resolve, reject } = pending;
    try {
      const known = replay && recall(replay, state.idempotency(replay.scope), this.#ports.sealer);
      if (known) return { pending, unit: undefined, settle: () => resolve(known) };
      const decided = decide(submission, state, this.#ports.table);
      const outcome = outcomeOf(decided);
      if (submission.dryRun) return { pending, unit: undefined, settle: answer(decided, outcome, pending) };
      const remembered = replay && !decided.refusal && remember(replay, outcome, this.#ports.sealer);
      const written = remembered ? { ...decided.unit, idempotency: remembered } : decided.unit;
      if (Object.keys(written).length === 0)
        return { pending, unit: undefined, settle: answer(decided, outcome, pending) };
      const unit = withPremises(written, submission, state);
      state.absorb(unit);
      return { pending, unit, settle: answer(decided, outcome, pending) };
    } catch (error) {
      // What it was refused for may be another command's write in this batch: it is told once that is durable.
      return { pending, unit: undefined, settle: () => reject(error) };
    }
  }

  #settle(settlements: readonly Settlement[], outcomes: readonly UnitOutcome[]): void {
    const commit = new Committed();
    const losers: Pending[] = [];
    let next = 0;
    for (const settlement of settlements) {
      const outcome = settlement.unit === undefined ? undefined : outcomes[next++];
      if (outcome === 'lost' || (losers.length > 0 && settlement.unit === undefined)) {
        // A refusal that was decided on top of a lost write is decided again with it.
        losers.push(settlement.pending);
        continue;
      }
      if (settlement.unit && outcome) commit.add(settlement.unit);
      settlement.settle();
    }
    this.#queue.unshift(...losers.filter((pending) => this.#mayTryAgain(pending)));
    if (commit.units > 0) this.#onCommit(commit);
  }

  /** Whether a loser is to be decided again as it is; if not, it has been answered. */
  #mayTryAgain(pending: Pending): boolean {
    pending.tries += 1;
    // The number given out for a new user may be an id that somebody else has brought along: it needs another.
    if (pending.submission.newUser) pending.reject(new StaleFacts());
    else if (pending.tries < maxTries) return true;
    else pending.reject(unavailable('too_contended', 'Others keep changing the same: try again.'));
    return false;
  }

  /** A batch that could not be committed. What the store cannot take at all must not fail its neighbours. */
  async #fail(batch: Pending[], error: unknown): Promise<void> {
    if (error instanceof DirectoryError) {
      this.#ports.log.warn({ err: error, commands: batch.length }, 'the store has not taken a batch');
      for (const { reject } of batch) reject(error);
      return;
    }
    this.#ports.log.error(
      { err: error, commands: batch.map(({ submission }) => submission.command.name) },
      'a batch failed',
    );
    if (batch.length === 1) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const pending of batch) await this.#alone(pending);
  }

  async #alone(pending: Pending): Promise<void> {
    const batch: Batch = { pendings: [], settlements: [] };
    try {
      await this.#decideInto(batch, [pending], new Overlay());
    } catch (error) {
      return await this.#fail([pending], error);
    }
    await this.#conclude(batch, await this.#commit(batch));
  }
}

/** The unit with what it was decided on. */
function withPremises(unit: Unit, { touches: { users = [] }, actor: { user } }: Submission, state: Overlay): Unit {
  const revisions = state.revisionsOf(usersOf(unit));
  return { ...unit, restsOn: user === undefined ? users : [...users, user], ...(revisions && { revisions }) };
}

function gatheringUpon(view: Overlay): Gathering {
  return { view, batch: { pendings: [], settlements: [] }, deciding: undefined };
}

/**
 * What is read while a batch is being committed, with what that writes on top. Where others write as well nothing is kept
 * for longer: what is written is compared with what they have written, but what is only read is not. A refusal, or that
 * there is nothing to change, is as old as what it was read from.
 */
function viewUpon({ settlements }: Batch): Overlay {
  const view = new Overlay();
  for (const { unit } of settlements) if (unit) view.absorb(unit);
  return view;
}

function touchesOf({ submission: { touches, actor } }: Pending): Touches[] {
  return [touches, touchesOfActor(actor)];
}

function scopeOf({ replay }: Pending): string[] {
  return replay === undefined ? [] : [replay.scope];
}

function outcomeOf({ unit, user, result }: Decided): Outcome<unknown> {
  return { user, changed: unit.change !== undefined, result };
}

function answer({ refusal }: Decided, outcome: Outcome<unknown>, { resolve, reject }: Pending): () => void {
  return () => (refusal ? reject(refusal) : resolve(outcome));
}

/** What a batch has touched, as its units are found to stand. */
class Committed implements Commit {
  readonly users = new Set<UserKey>();
  readonly realms = new Set<RealmKey>();
  readonly tokens = new Set<string>();
  readonly clients = new Set<string>();
  messages = false;
  units = 0;

  add({ user, realm, activity, dropTokens, dropTokensOf, dropTokensOfClient, putMessages }: Unit): void {
    this.units += 1;
    if (user) this.users.add(user.after.key);
    if (realm) this.realms.add(realm.after.key);
    if (activity) this.users.add(activity.user);
    if (dropTokensOf) this.users.add(dropTokensOf.user);
    if (dropTokensOfClient) this.clients.add(`${dropTokensOfClient.dialect} ${dropTokensOfClient.client}`);
    for (const hash of dropTokens ?? []) this.tokens.add(hash);
    if (putMessages?.length) this.messages = true;
  }
}

export function shuttingDown(): DirectoryError {
  return unavailable('shutting_down', 'The server is shutting down.');
}

export function queueFull(): DirectoryError {
  return unavailable('queue_full', 'Too many changes are waiting: try again in a second.');
}

function unavailable(reason: 'shutting_down' | 'queue_full' | 'too_contended', message: string): DirectoryError {
  return new DirectoryError('unavailable', message, { reason, facts: { retryAfterSeconds: 1 } });
}
