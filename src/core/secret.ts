import type { CodeRequest } from './commands/user-input.ts';
import type { Instant } from './instant.ts';
import type { UserKey } from './user.ts';

/** What is kept of each secret, by its name. Nothing here can be read back as what somebody typed, but by the key. */
export interface SecretDocs {
  /** A PHC string or another scheme's own form. */
  password: { readonly hash: string };
  /** Sealed, because a second factor must be able to send it. */
  pin: { readonly sealed: string };
  /** MAC of each answer, by its question. */
  answers: { readonly macs: Readonly<Record<string, string>> };
  totp: TotpDoc;
  /** MAC of what a machine signs in with. It was made at random, so that no slow hash is needed. */
  clientSecret: { readonly mac: string };
  'code.email': CodeDoc;
  'code.invite': InviteDoc;
  'code.phone': CodeDoc;
  'code.password': CodeDoc;
}

/** A one-time code. It holds for the address that it was made for, until it expires or is guessed at too often. */
export interface CodeDoc {
  readonly mac: string;
  /** The mail address or number to be confirmed. */
  readonly target: string;
  readonly expiresAt: Instant;
  readonly failedAttempts: number;
}

/** The code of an invitation. */
export interface InviteDoc extends CodeDoc {
  /** How it was sent, to be sent like that again; absent when it was handed over. */
  readonly sent?: CodeRequest;
}

/** What an authenticator app shares with the directory. Sealed, because its codes are made of it. */
export interface TotpDoc {
  /** Base32. */
  readonly sealed: string;
  /** Wrong codes since it was set. */
  readonly failedAttempts: number;
  /** The time step of the last code that was taken: neither that one nor an earlier one is taken again. */
  readonly lastStep?: number;
}

export type SecretName = keyof SecretDocs;
export type CodeName = Extract<SecretName, `code.${string}`>;

export interface Secret<Name extends SecretName = SecretName> {
  readonly user: UserKey;
  readonly name: Name;
  /** Counts the times that it was set: what was proved against one revision proves nothing about the next. */
  readonly revision: number;
  readonly doc: SecretDocs[Name];
}
