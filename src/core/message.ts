import type { Instant } from './instant.ts';
import type { Sealer } from './ports.ts';
import type { RealmKey } from './realm.ts';
import type { CodeName } from './secret.ts';
import type { UserKey } from './user.ts';

/** By mail, or as a text message to a phone. */
export type Channel = 'email' | 'text';
export const channels: readonly Channel[] = ['email', 'text'];

/** Something to be delivered to a user, written in the commit that caused it. */
export interface NewMessage {
  /** A UUID: who gets a message twice knows it by this. */
  readonly id: string;
  readonly realm: RealmKey;
  readonly user: UserKey;
  readonly channel: Channel;
  /** The mail address or number. */
  readonly to: string;
  readonly createdAt: Instant;
  /** From then on its code opens nothing, so it is not delivered any more. */
  readonly expiresAt: Instant;
  /** Its content, sealed until it leaves. Empty once it has been delivered, or given up. */
  readonly sealed: string;
}

/** A message with how far its delivery has got. */
export interface Message extends NewMessage {
  readonly state: 'waiting' | 'delivered' | 'failed';
  /** Deliveries that were begun. */
  readonly attempts: number;
  /** Of a waiting message: when it may be claimed. While somebody has claimed it, when that claim ends. */
  readonly nextAttemptAt?: Instant;
  /** Why the last delivery has failed; for people, without secrets. */
  readonly lastError?: string;
}

/** Asks for messages to deliver. */
export interface MessageClaim {
  /** Says whose claim it is: unique to it. */
  readonly claim: string;
  readonly channel: Channel;
  readonly now: Instant;
  /** The claim ends by itself then, so that those of a process that died are delivered by another one. */
  readonly until: Instant;
  readonly limit: number;
}

/** What became of the delivery of one claimed message. */
export interface MessageSettlement {
  readonly id: string;
  readonly claim: string;
  readonly outcome:
    | { readonly state: 'delivered' }
    | { readonly state: 'failed'; readonly lastError: string }
    | { readonly state: 'waiting'; readonly nextAttemptAt: Instant; readonly lastError?: string };
}

/** Messages are kept for so long, whatever became of them. */
export const messagesKeptMs = 30 * 24 * 3_600_000;

export type MessageKind = 'email' | 'phone' | 'password' | 'invite';

/** What a message is to say; its text is made when it leaves. */
export interface MessageContent {
  readonly kind: MessageKind;
  readonly code: string;
  readonly link?: string;
  /** What an invitation is to. */
  readonly application?: string;
  /** What the user is called; empty when nobody knows. */
  readonly name: string;
  /** BCP 47 */
  readonly language: string;
}

/** What a message with this code is about. */
export function kindOf(code: CodeName): MessageKind {
  return code.slice('code.'.length) as CodeName extends `code.${infer Kind}` ? Kind : never;
}

export function sealContent(content: MessageContent, id: string, sealer: Pick<Sealer, 'seal'>): string {
  return sealer.seal(JSON.stringify(content), purposeOf(id));
}

export function openContent(
  { sealed, id }: Pick<Message, 'sealed' | 'id'>,
  sealer: Pick<Sealer, 'open'>,
): MessageContent {
  return JSON.parse(sealer.open(sealed, purposeOf(id)));
}

const purposeOf = (id: string): string => `message/${id}`;
