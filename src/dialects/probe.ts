import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Json, JsonObject } from '#core/json.ts';

/** A server to call, and the token to call it with. */
export interface Call {
  /** `http://127.0.0.1:7400` */
  readonly origin: string;
  readonly token: string;
}

/** What a probe can say of a user, in the directory's words; null clears. A dialect without one of these leaves it out. */
export interface ProbeUser {
  readonly username: string;
  readonly email?: string | null;
  /** Says, beside an email, that it is verified. */
  readonly emailVerified?: true;
  /** As a person types it. */
  readonly phone?: string | null;
  readonly phoneVerified?: true;
  readonly password?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly nickName?: string | null;
  readonly displayName?: string | null;
  readonly gender?: string | null;
  /** BCP 47 */
  readonly language?: string | null;
  readonly timeZone?: string | null;
  readonly acceptsTextMessages?: boolean | null;
  readonly data?: JsonObject | null;
  /** Whether it administers this dialect; through the directory a list of dialects. */
  readonly administers?: boolean | readonly string[];
  readonly registeredAt?: string;
  /** Names of its own for signing in, by dialect. */
  readonly loginNames?: Readonly<Record<string, string | null>>;
  /** What only this vendor has, in its own words; through the directory by dialect. */
  readonly own?: JsonObject;
  /** Not active yet: told when it is created. */
  readonly state?: 'initial';
}

/**
 * What a read tells of a user, in the directory's words; null stands for no value. A dialect tells the same of every
 * user, and leaves out what it never shows.
 */
export interface Shown {
  readonly username?: string;
  /** By which it signs in through this dialect: its own name there, else the username. */
  readonly loginName?: string;
  readonly loginNames?: JsonObject;
  readonly email?: string | null;
  readonly emailVerified?: boolean;
  /** In E.164; as it was entered where that is no valid number. */
  readonly phone?: string | null;
  readonly phoneEntered?: string | null;
  /** As it was entered, where the vendor's pattern takes that; else as `phone`. */
  readonly phoneInPattern?: string | null;
  readonly phoneVerified?: boolean;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly nickName?: string | null;
  readonly displayName?: string | null;
  readonly gender?: string | null;
  readonly language?: string | null;
  /** The realm's where the user has none. */
  readonly languageOrDefault?: string;
  readonly timeZone?: string | null;
  /** As it was entered, if that was a vendor's name of the zone; the realm's where the user has none. */
  readonly timeZoneOrDefault?: string;
  readonly acceptsTextMessages?: boolean | null;
  readonly data?: JsonObject | null;
  /** Whether it administers this dialect. */
  readonly administers?: boolean;
  readonly administeredDialects?: readonly string[];
  readonly state?: 'active' | 'disabled' | 'locked' | 'initial';
  /** The same, where one who is not active yet counts as active. */
  readonly standing?: 'active' | 'disabled' | 'locked';
  readonly lockedAt?: string | null;
  readonly disabledAt?: string | null;
  readonly disabled?: boolean;
  readonly registeredAt?: string;
  readonly passwordSetAt?: string | null;
  /** What only this vendor has and that is not what everybody has. */
  readonly own?: JsonObject;
  readonly extensions?: JsonObject;
  readonly version?: number;
  readonly createdAt?: string;
  readonly changedAt?: string;
}

/** What a record keeps, by canonical path; null stands for no value. */
export type Kept = Readonly<Record<string, Json>>;

/** A value that a member takes on this wire, and what the record then keeps. */
export interface Sample {
  readonly sent: Json;
  readonly keeps: Kept | ((present: Kept) => Kept);
}

/** Members whose values are kept as they are sent, or cleared by null. */
export function plainSamples(path: string, ...values: readonly Json[]): Sample[] {
  return values.map((sent) => ({ sent, keeps: { [path]: sent } }));
}

/** A number as it is entered, and its E.164 form where it is a valid one on this wire. */
export function phoneSample(sent: string | null, number: string | null = null, entered = sent): Sample {
  return { sent, keeps: { 'phone.number': number, 'phone.entered': entered } };
}

/** Grants, or takes away, the administration of one dialect. */
export function grantSamples(dialect: string): Sample[] {
  const others = ({ administers }: Kept): string[] =>
    ((administers ?? []) as readonly string[]).filter((name) => name !== dialect);
  return [
    { sent: true, keeps: (present) => ({ administers: [...others(present), dialect].sort() }) },
    { sent: false, keeps: (present) => ({ administers: others(present).length === 0 ? null : others(present) }) },
  ];
}

/** One thing that a wire does to a user's state. */
export interface StateStep {
  run(call: Call, id: string): Promise<void>;
  /** What it sets (true) or lifts (false); the rest stays. */
  readonly effect: { readonly locked?: boolean; readonly disabled?: boolean; readonly activates?: true };
  /** The state that it names: where that is shown already it does nothing. */
  readonly names?: Shown['standing'];
  /** The vendor refuses it from here. */
  readonly refusedFrom?: (state: State) => boolean;
}

export interface State {
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly initial: boolean;
}

/** Values that each member takes on a wire. */
export type Samples = { readonly [Member in keyof ProbeUser]?: readonly Sample[] };

/** A user who calls as itself, with whatever its wire keeps open. */
export interface OwnCall {
  /** Reads oneself. Rejects with a ProbeError of status 401 once the user may not. */
  read(): Promise<unknown>;
  close(): void;
}

/**
 * Drives one dialect over its own wire, for the tests that run against every dialect. What the vendor lacks is left
 * out. Each method rejects with a ProbeError when the answer is not the vendor's success.
 */
export interface Probe {
  /** Answers the dialect's id of the new user. */
  create?(call: Call, user: ProbeUser): Promise<string>;
  /** What `create` takes beside the username. */
  readonly creates?: Samples;
  /** What of it the wire asks for. */
  readonly needs?: readonly (keyof ProbeUser)[];
  /** What a user that was created here has beside what was given. */
  readonly adds?: Kept;
  /** The user as the dialect's read shows it. */
  read(call: Call, id: string): Promise<Readonly<Record<string, unknown>>>;
  /** What such a read tells. */
  shows(read: Readonly<Record<string, unknown>>): Shown;
  /** Changes what is given. */
  update(call: Call, id: string, change: Partial<ProbeUser>): Promise<void>;
  /** What `update` writes, with values that the wire takes. */
  readonly writes: Samples;
  /** It also writes what name of its own a user has in another dialect. */
  readonly writesLoginNames?: true;
  /** The usernames that the wire takes; all, unless said. */
  readonly usernames?: RegExp;
  /** The wire can say that an email or phone is verified. */
  readonly verifies?: true;
  /** Updates that the wire refuses. */
  readonly refuses: readonly Partial<ProbeUser>[];
  /** What the wire does to states, by a word for people. */
  readonly states: Readonly<Record<string, StateStep>>;
  delete?(call: Call, id: string): Promise<void>;
  /** Sends back, as an update, what a read has shown. */
  echo(call: Call, id: string): Promise<void>;
  /** Signs in, and answers the token that this wire gives. */
  signIn?(call: Pick<Call, 'origin'>, username: string, password: string): Promise<string>;
  /** Calls as the user with this id, whose token the call has. */
  open(call: Call, id: string): Promise<OwnCall>;
}

/** An answer that is not the vendor's success. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

const agent = new Agent({ keepAlive: true });

/** What a probe sends over HTTP. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** One request over a kept connection. */
export async function exchange(
  { origin }: Pick<Call, 'origin'>,
  { method, path, headers, body }: Sent,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const asked = request(origin + path, { agent, method, headers: { ...headers, ...length } }, (answer) => {
    text(answer).then((whole) => resolve({ status: answer.statusCode ?? 0, text: whole }), reject);
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}
