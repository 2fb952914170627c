import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Random } from './ports.ts';
import type { UserKey } from './user.ts';

/** A token as the store keeps it. The token itself is never kept. */
export interface Token {
  /** SHA-256 (hex) of the token. */
  readonly hash: string;
  /** A name for it that can be shown. */
  readonly id: string;
  /** Whom it stands for; absent for a token that a client got for itself. */
  readonly user?: UserKey;
  /** The client of the same dialect that got it; it ends with the client. */
  readonly client?: string;
  /** What of its user's it came of: `secret` for the client secret, or the id of a key. It ends with that. */
  readonly credential?: string;
  /** The dialect that issued it. */
  readonly dialect: string;
  /** `access` opens calls, `refresh` only gets new access tokens. */
  readonly use: 'access' | 'refresh';
  /** It came of a sign-in, so a new password ends it. */
  readonly signedIn: boolean;
  /** What the issuing dialect grants with it, for that dialect alone to read. */
  readonly rights: Json;
  readonly createdAt: Instant;
  /** Absent: until it is revoked. */
  readonly expiresAt?: Instant;
}

/** Some of a user's tokens: all, those that came of a sign-in, or those that came of one credential. */
export type TokensOfUser = 'all' | 'signed-in' | { readonly credential: string };

export function isAmong(
  which: TokensOfUser,
  { signedIn, credential }: Pick<Token, 'signedIn' | 'credential'>,
): boolean {
  if (which === 'all') return true;
  return which === 'signed-in' ? signedIn : credential === which.credential;
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** A fresh token: 24 random bytes behind our prefix, with a checksum by which scanners and typists know a real one. */
export function newToken(random: Random): string {
  const secret = Buffer.from(random.bytes(24)).toString('base64url');
  return `muster_${secret}${crc32(secret).toString(16).padStart(8, '0')}`;
}
