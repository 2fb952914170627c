import assert from 'node:assert/strict';
import { systemActor } from '#core/actor.ts';
import { verifyChanges } from '#core/change.ts';
import { createToken } from '#core/commands/tokens.ts';
import type { ActingDirectory } from '#core/directory.ts';
import type { Json } from '#core/json.ts';
import type { Call, Probe, ProbeUser } from '#dialects/probe.ts';
import { ProbeError } from '#dialects/probe.ts';
import { probes } from '#test/probes.ts';
import { startServer, type TestServer } from '#test/server.ts';
import type { TestStore } from '#test/stores.ts';
import { History } from './history.ts';
import { born, changesBetween, deleted, type Fields, shownOf, stated, updated, type Wish } from './model.ts';
import { type Name, namesEnding } from './names.ts';

/** A user as it should be. */
export interface Person {
  readonly key: number;
  /** By dialect. */
  readonly ids: Readonly<Record<string, string>>;
  /** The directory's own token of this user. */
  readonly token: string;
  fields: Fields;
  version: number;
  digest: string;
  readonly createdAt: string;
  changedAt: string;
  /** All that it ever had, the present one last. */
  passwords: readonly string[];
}

/** Who lives, and who does not any more. */
export const isLive = ({ fields }: Pick<Person, 'fields'>): boolean => fields['lifecycle'] !== 'deleted';
export const isActive = ({ fields }: Pick<Person, 'fields'>): boolean =>
  fields['lifecycle'] === 'active' && !('lockedAt' in fields) && !('disabledAt' in fields);

/**
 * One server, driven step by step through its dialects beside the model. Each step checks that exactly the expected
 * change was recorded, or none; `agree` checks what every dialect shows.
 */
export class World {
  readonly server: TestServer;
  readonly call: Call;
  people: Person[] = [];
  names: Name[] = [];
  /** What has been done since `begin`, in words. */
  told: string[] = [];
  #runs = 0;
  readonly #history: History;
  readonly #shows = new Map<string, readonly string[]>();

  private constructor(server: TestServer, owner: Json) {
    this.server = server;
    this.call = { origin: server.origin, token: server.token };
    this.#history = new History(server, owner);
  }

  static async start(store: TestStore): Promise<World> {
    const server = await startServer(await store.environment());
    const { ids } = await server.directory.as(systemActor, { dialect: 'directory' }).get(1);
    const world = new World(server, { kind: 'user', id: ids['directory'] ?? '', username: 'admin' });
    for (const [dialect, probe] of probes) {
      const shown = probe.shows(await probe.read(world.call, ids[dialect] ?? ''));
      world.#shows.set(dialect, Object.keys(shown));
    }
    return world;
  }

  /** Forgets everybody, and whatever an earlier run has left: new people have names that nobody has had. */
  async begin(): Promise<void> {
    this.people = [];
    this.told = [];
    this.names = namesEnding(`${this.#runs++}`);
    await this.#history.catchUp();
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** A wish for a name: the username, unless the dialect shows the user's own login name in its place. */
  wishFor(name: Name, dialect: string): Wish {
    const own = `loginNames.${dialect}`;
    const isUsername = this.#shows.get(dialect)?.includes('username');
    const keeps = (present: Fields) => ({ [own in present && !isUsername ? own : 'username']: name.kept });
    return { member: 'username', sample: { sent: name.sent, keeps }, name };
  }

  /** Creates a user, unless the name is taken: then that is refused. */
  async create(dialect: string, name: Name, wishes: readonly Wish[]): Promise<Person | undefined> {
    const probe = probeOf(dialect);
    const user = { ...said(wishes), username: name.sent };
    const now = this.#tick(`create through ${dialect} ${JSON.stringify(user)}`);
    const run = probe.create?.(this.call, user) ?? assert.fail(`${dialect} creates nobody`);
    if (this.#isTaken(name)) {
      await this.#refused(run);
      return undefined;
    }
    const username: Wish = { member: 'username', sample: { sent: name.sent, keeps: { username: name.kept } } };
    const fields = born(probe.adds ?? {}, [username, ...wishes], now);
    const person = await this.#meet(dialect, await run, fields, now);
    person.passwords = user.password === undefined ? [] : [user.password];
    this.people.push(person);
    return person;
  }

  /** Updates a user, all or nothing; with what the wire refuses, or a name that is taken, nothing. */
  async update(
    person: Person,
    dialect: string,
    wishes: readonly Wish[],
    refused: Partial<ProbeUser> = {},
  ): Promise<void> {
    const probe = probeOf(dialect);
    const change = { ...said(wishes), ...refused };
    const now = this.#tick(`update ${person.key} through ${dialect} ${JSON.stringify(change)}`);
    const run = probe.update(this.call, person.ids[dialect] ?? '', change);
    const taken = wishes.some(({ name }) => name && this.#isTaken(name, person));
    const early = change.password !== undefined && person.fields['lifecycle'] === 'initial';
    if (taken || early || Object.keys(refused).length > 0) return await this.#refused(run);
    const shows = this.#shows.get(dialect) ?? [];
    const after = updated(person.fields, wishes, dialect, shows, now);
    await this.#changed(person, run, after, dialect, ['update-user'], now);
    if (change.password !== undefined && isLive(person)) person.passwords = [...person.passwords, change.password];
  }

  /** What the vendor calls lock, disable and so on. */
  async state(person: Person, dialect: string, step: string): Promise<void> {
    const states = probeOf(dialect).states[step] ?? assert.fail(`${dialect} does not ${step}`);
    const now = this.#tick(`${step} ${person.key} through ${dialect}`);
    const run = states.run(this.call, person.ids[dialect] ?? '');
    const after = stated(person.fields, states, now);
    if (after === undefined) await this.#refused(run);
    else await this.#changed(person, run, after, dialect, ['set-state', 'update-user'], now);
  }

  async echo(person: Person, dialect: string): Promise<void> {
    const now = this.#tick(`echo ${person.key} through ${dialect}`);
    const run = probeOf(dialect).echo(this.call, person.ids[dialect] ?? '');
    await this.#changed(person, run, person.fields, dialect, [], now);
  }

  async delete(person: Person, dialect: string): Promise<void> {
    const now = this.#tick(`delete ${person.key} through ${dialect}`);
    const run = probeOf(dialect).delete?.(this.call, person.ids[dialect] ?? '') ?? assert.fail(dialect);
    await this.#changed(person, run, deleted(person.fields), dialect, ['delete-user'], now);
  }

  /** What the user's own call through a dialect comes to. */
  async callsAsItself(person: Person, dialect: string): Promise<void> {
    const { origin } = this.call;
    const probe = probeOf(dialect);
    const call = async (): Promise<void> => {
      const own = await probe.open({ origin, token: person.token }, person.ids[dialect] ?? '');
      await own.read().finally(() => own.close());
    };
    this.#tick(`${person.key} calls through ${dialect}`);
    if (isActive(person)) await call();
    else await assert.rejects(call(), isRefusal([401]), `${dialect} answers who may not call`);
    if (isLive(person)) await this.#signsIn(person, dialect);
    await this.#history.expectNothing();
  }

  /** The present password of an active user lets in, whatever API it was set through; no other does. */
  async #signsIn(person: Person, dialect: string): Promise<void> {
    const { signIn } = probeOf(dialect);
    const { loginName = '' } = shownOf(person.fields, dialect);
    const present = person.passwords.at(-1);
    const former = person.passwords.find((password) => password !== present);
    if (signIn === undefined || present === undefined) return;
    const signingIn = signIn(this.call, loginName, present);
    if (!isActive(person)) return await assert.rejects(signingIn, isRefusal([401]), `${dialect} signs in who may not`);
    await signingIn;
    if (former === undefined) return;
    await assert.rejects(signIn(this.call, loginName, former), isRefusal([401]), `${dialect} takes a former password`);
  }

  /** Every dialect shows every user as it should be, and nothing of who was deleted. */
  async agree(): Promise<void> {
    const reads = this.people.flatMap((person) => [...probes].map(([dialect]) => this.#agreesOn(person, dialect)));
    await Promise.all(reads);
  }

  /** Whether one dialect shows one user as it should be. */
  async #agreesOn(person: Person, dialect: string): Promise<void> {
    const probe = probeOf(dialect);
    const read = probe.read(this.call, person.ids[dialect] ?? '');
    if (!isLive(person)) return await assert.rejects(read, isRefusal([404]), `${dialect} still shows a deleted user`);
    const shown = probe.shows(await read);
    const { version, createdAt, changedAt } = person;
    const all = { ...shownOf(person.fields, dialect), version, createdAt, changedAt };
    const expected = Object.fromEntries(
      Object.entries(all).filter(([member]) => this.#shows.get(dialect)?.includes(member)),
    );
    assert.deepEqual({ ...shown }, expected, `${dialect} shows something else: ${JSON.stringify(shown)}`);
  }

  /** The whole history of everybody holds: each change follows from the one before, and together they are the present. */
  async verify(): Promise<void> {
    for (const { key, version } of this.people) {
      const changes = await this.#system().changesOf(key);
      const user = (await this.server.store.load({ users: [key] })).users.get(key) ?? assert.fail('nobody is there');
      assert.equal(changes.length, version);
      assert.deepEqual(verifyChanges(user, changes), { ok: true });
    }
  }

  /** A second later something is done. */
  #tick(doing: string): string {
    this.told.push(doing);
    this.server.clock.advance(1000);
    return this.server.clock.now();
  }

  #system(): ActingDirectory {
    return this.server.directory.as(systemActor, { dialect: 'directory' });
  }

  #isTaken({ key }: Name, besides?: Person): boolean {
    return this.people.some((person) => person !== besides && isLive(person) && this.#keysOf(person).has(key));
  }

  /** The keys of all names that a user has. */
  #keysOf({ fields }: Person): Set<string> {
    const held = Object.entries(fields).filter(([path]) => path === 'username' || path.startsWith('loginNames.'));
    const names = held.map(([, name]) => this.names.find(({ kept }) => kept === name));
    return new Set(names.flatMap((name) => (name === undefined ? [] : [name.key])));
  }

  async #refused(run: Promise<unknown>): Promise<void> {
    await assert.rejects(run, isRefusal([400, 403, 404, 409]), 'nothing was refused');
    await this.#history.expectNothing();
  }

  async #changed(
    person: Person,
    run: Promise<unknown>,
    after: Fields,
    dialect: string,
    commands: readonly string[],
    now: string,
  ): Promise<void> {
    if (!isLive(person)) return await this.#refused(run);
    await run;
    const changes = changesBetween(person.fields, after);
    if (Object.keys(changes).length === 0) return await this.#history.expectNothing();
    const { key, version, digest: previous } = person;
    const expected = { key, version: version + 1, previous, changes, via: dialect, commands };
    person.digest = await this.#history.expect(expected);
    Object.assign(person, { fields: after, version: version + 1, changedAt: now });
  }

  /** A new user, its ids in every dialect, and a token of its own. */
  async #meet(dialect: string, id: string, fields: Fields, now: string): Promise<Person> {
    const key = (await this.server.directory.resolve(dialect, id)) ?? assert.fail(`${dialect} knows no ${id}`);
    const expected = { key, version: 1, previous: '', changes: changesBetween({}, fields), via: dialect };
    const digest = await this.#history.expect({ ...expected, commands: ['create-user'] });
    const { ids } = await this.#system().get(key);
    const { token = '' } = (await this.#system().run(createToken, { user: key })).result;
    return { key, ids, token, fields, version: 1, digest, createdAt: now, changedAt: now, passwords: [] };
  }
}

/** A wish for a login name of its own in a dialect, or for none. */
export function wishForAlias(name: Name | null, dialect: string): Wish {
  const path = `loginNames.${dialect}`;
  const sample = { sent: { [dialect]: name?.sent ?? null }, keeps: { [path]: name?.kept ?? null } };
  return { member: 'loginNames', sample, ...(name === null ? {} : { name }) };
}

export function probeOf(dialect: string): Probe {
  return probes.get(dialect) ?? assert.fail(`there is no probe of ${dialect}`);
}

/** What a probe is to send. */
function said(wishes: readonly Wish[]): Partial<ProbeUser> {
  const members = wishes.map(({ member, sample }) => [member, sample.sent] as const);
  const verified = wishes.filter((wish) => wish.verified).map(({ member }) => [`${member}Verified`, true] as const);
  return Object.fromEntries([...members, ...verified]) as Partial<ProbeUser>;
}

function isRefusal(statuses: readonly number[]): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof ProbeError && statuses.includes(error.status)) return true;
    throw error;
  };
}
