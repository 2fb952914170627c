import { DirectoryError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { isJsonObject } from '#core/json.ts';
import { lazyModule } from '#core/lazily.ts';
import type { Rights } from './rights.ts';

const jose = lazyModule<typeof import('jose')>('jose');

/** The one claim of a DeviceHive JWT. Source: CO/security/jwt/JwtUserPayload.java. */
export interface Payload extends Rights {
  /** The user's id in this dialect. */
  readonly u: number;
  /** When it expires, in milliseconds since 1970. */
  readonly e: number;
  /** 0 for a refresh token, 1 for an access token. */
  readonly t: 0 | 1;
}

/** Writes and reads JWTs under one secret. */
export interface Jwts {
  write(payload: Payload): Promise<string>;
  /** The payload of a JWT with a good signature, else undefined. Whether it is still valid is another question. */
  read(token: string): Promise<Payload | undefined>;
}

/**
 * The HMAC key of a secret: jjwt 0.7 takes the secret for base64, skips every character that is none, and drops an
 * incomplete last group of four.
 */
export function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const known = secret.replace(/[^A-Za-z0-9+/=]/g, '');
  return Uint8Array.from(Buffer.from(known.slice(0, known.length - (known.length % 4)), 'base64'));
}

/** Throws when the secret makes no key at all. */
export async function jwtsUnder(secret: string): Promise<Jwts> {
  const bytes = keyOf(secret);
  if (bytes.length === 0) {
    const message = 'MUSTER_DEVICEHIVE_JWT_SECRET must have at least four of the characters of base64.';
    throw new DirectoryError('failed_precondition', message, { reason: 'field_invalid' });
  }
  const usages: ('sign' | 'verify')[] = ['sign', 'verify'];
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, usages);
  return {
    write: ({ u, a, n, dt, e, t }) =>
      new (jose().CompactSign)(Buffer.from(JSON.stringify({ payload: { u, a, n, dt, e, t } })))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(key),
    async read(token) {
      try {
        const { payload } = await jose().compactVerify(token, key, { algorithms: ['HS256'] });
        return payloadOf(JSON.parse(Buffer.from(payload).toString()));
      } catch {
        return undefined;
      }
    },
  };
}

function payloadOf(claims: Json): Payload | undefined {
  const payload = isJsonObject(claims) ? claims.payload : undefined;
  if (!isJsonObject(payload) || typeof payload.e !== 'number') return undefined;
  return payload as unknown as Payload;
}
