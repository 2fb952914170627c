import type { JsonObject } from '#core/json.ts';
import type { MetadataEntry } from '#core/metadata.ts';
import type { UserPatch } from '#core/patch.ts';
import type { WrongPasswordDelay } from '#core/policies/lockout.ts';
import type { PasswordRules, RealmKey } from '#core/realm.ts';
import type { UserKey } from '#core/user.ts';

/** What can be said of a user in one command, atomically. Absent members keep what is there. */
export interface UserInput {
  /** Fields that need no more than their row in the field table. */
  readonly patch?: UserPatch;
  /** Merged into `data` (RFC 7396), where `patch.data` would replace it whole. */
  readonly mergeData?: JsonObject;
  /** The name for signing in through one dialect: its own login name where the user has one, else the username. */
  readonly loginName?: { readonly dialect: string; readonly name: string };
  readonly email?: EmailInput | null;
  readonly phone?: PhoneInput | null;
  readonly password?: PasswordInput;
  /** A fixed PIN for the second factor; null for a random one at each sign-in. */
  readonly pin?: string | null;
  /** The secret of an authenticator app, in base32, that is known to be right. */
  readonly totp?: { readonly secret: string };
  /** Replaces the questions whole. */
  readonly securityQuestions?: readonly QuestionInput[] | null;
  readonly state?: StateInput;
  /** Grants (true) or takes away (false) the administration of single dialects. */
  readonly administers?: Readonly<Record<string, boolean>>;
  /** What of the metadata is to be different: administrators only. Of a key that is named twice, the last stands. */
  readonly metadata?: readonly MetadataEntry[];
}

export interface UpdateUserInput extends UserInput {
  readonly user: UserKey;
  /** Another kind is `not_found`. */
  readonly kind?: 'human' | 'machine';
  /** Of another realm is `not_found`. */
  readonly realm?: RealmKey;
  /** An initial user is refused: `user_initial`. */
  readonly initialized?: true;
}

export interface CreateUserInput extends UserInput {
  readonly realm: RealmKey;
  readonly kind: 'human' | 'machine';
  /** Ids that the caller already knows this user by, instead of fresh ones; `id_taken` when one was ever used. */
  readonly ids?: Readonly<Record<string, string>>;
  /** Without a username, the user is called by its id in this dialect. */
  readonly namedByIdIn?: string;
  /** `active` unless said. */
  readonly lifecycle?: 'initial' | 'active';
}

/** What both commands answer: the codes that the caller asked to be given. */
export interface IssuedCodes {
  readonly emailCode?: string;
  readonly phoneCode?: string;
}

/**
 * A mail address. A new one is unverified unless `verified` is true (for which the caller must be an administrator);
 * `code` asks for a code for a new one: sent in a message, or returned to the caller. The present address again changes
 * nothing and makes no code, but `verified: true` verifies it.
 */
export interface EmailInput {
  readonly address: string;
  readonly verified?: boolean;
  readonly code?: CodeRequest;
}

/** A phone number, as `EmailInput`. */
export interface PhoneInput {
  /** E.164; absent when what was typed is no valid number. */
  readonly number?: string;
  /** As typed. */
  readonly entered: string;
  /**
   * What a dialect shows of a number, and so what makes it the present one: `number` for one that shows E.164 or its
   * digits (another spelling is no change), `entered` for one that shows what was typed.
   */
  readonly sameBy: 'number' | 'entered';
  readonly verified?: boolean;
  readonly code?: CodeRequest;
}

export interface CodeRequest {
  readonly deliver: 'send' | 'return';
  /** The link in the message: text, with places for the code and for the ids of user and realm in the dialect. */
  readonly link?: readonly LinkPart[];
  /** What an invitation is to, for people. */
  readonly applicationName?: string;
}
export type LinkPart = string | { readonly insert: 'code' | 'user' | 'realm' };

export interface PasswordInput {
  /** The new password, or its hash from elsewhere (a PHC or crypt string). */
  readonly set: { readonly plain: string } | { readonly hash: string };
  readonly changeRequired?: boolean;
  /** Shows that the caller may: needed of everybody but an administrator. */
  readonly proof?: { readonly current: string } | { readonly code: string };
  /** On this wire the user's own token is proof enough. */
  readonly byUserItself?: boolean;
  /** The wire's own rules for a plain password. */
  readonly rules: PasswordRules;
  /** The wire's own number of wrong current passwords after which the user is locked; 0 for never. */
  readonly lockAfterAttempts: number;
  /** The wire's own delay before a wrong current password is told; none unless given. */
  readonly delay?: WrongPasswordDelay;
}

export interface QuestionInput {
  readonly question: string;
  readonly order?: string;
  /** Absent: no answer, unless `keepsAnswer`: then the answer to the same question stays (`field_invalid` if none). */
  readonly answer?: string;
  readonly keepsAnswer?: boolean;
}

/** Absent members stay as they are. Locking never forgets that a user is disabled, nor the other way round. */
export interface StateInput {
  readonly locked?: boolean;
  readonly disabled?: boolean;
  /** Makes an initial user active. */
  readonly activate?: true;
}
