import type { ProvenMachine } from '#auth/guard.ts';
import type { Via } from '#core/actor.ts';
import { epochMsOf } from '#core/instant.ts';
import { lazyModule } from '#core/lazily.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { OAuthRefusal } from '#transport/oauth.ts';

const jose = lazyModule<typeof import('jose')>('jose');

/** As the vendor has it. */
const [algorithm, maxLifeSeconds] = ['RS256', 3600];
/** How far clocks may be apart. */
const toleranceSeconds = 10;

export type AssertionPorts = Pick<DialectHost, 'guard' | 'clock'>;

/**
 * The machine that has signed this JWT (RFC 7523): `iss` and `sub` are its user id, `aud` is the audience, `kid` names the
 * key, and it lives for an hour at most. Rejects with an OAuthRefusal `invalid_grant` that says what is wrong with a JWT
 * that is signed well, and with `unauthenticated` / `client_invalid` for any other.
 */
export async function proveByAssertion(
  jwt: string,
  audience: string | undefined,
  { guard, clock }: AssertionPorts,
  via: Via,
): Promise<ProvenMachine> {
  if (audience === undefined) {
    throw new OAuthRefusal('invalid_grant', 'MUSTER_PUBLIC_URL must say by which address this server is reached.');
  }
  const { user, key } = signerOf(jwt);
  const { errors, importSPKI, jwtVerify } = jose();
  const verify = async (publicKey: string): Promise<boolean> => {
    try {
      const { payload } = await jwtVerify(jwt, await importSPKI(publicKey, algorithm), {
        algorithms: [algorithm],
        issuer: user,
        subject: user,
        audience: [audience, `${audience}/`],
        requiredClaims: ['iat', 'exp'],
        maxTokenAge: maxLifeSeconds,
        clockTolerance: toleranceSeconds,
        currentDate: new Date(epochMsOf(clock.now())),
      });
      if (Number(payload.exp) - Number(payload.iat) > maxLifeSeconds) throw refused('exp', audience);
      return true;
    } catch (error) {
      if (error instanceof OAuthRefusal) throw error;
      if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
        throw refused(error.claim, audience);
      }
      return false;
    }
  };
  return await guard.signInByKey({ dialect: 'zitadel', user, key, verify }, via);
}

/** Whom a JWT says that it is from; nothing of it has been checked yet. */
function signerOf(jwt: string): { user: string; key: string } {
  try {
    const { kid, alg } = jose().decodeProtectedHeader(jwt);
    const { sub } = jose().decodeJwt(jwt);
    if (typeof kid === 'string' && typeof sub === 'string' && alg === algorithm) return { user: sub, key: kid };
  } catch {
    // One refusal for all that is no such JWT.
  }
  throw new OAuthRefusal('invalid_grant', `The assertion must be a JWT, signed by ${algorithm}, with a kid and a sub.`);
}

function refused(claim: string, audience: string): OAuthRefusal {
  const right: Readonly<Record<string, string>> = {
    aud: `aud must be ${audience}`,
    exp: 'exp must be a moment to come, an hour after iat at most',
    iat: 'iat must be a moment of the last hour',
    iss: 'iss must be the user id that sub is',
  };
  return new OAuthRefusal('invalid_grant', `The assertion is refused: ${right[claim] ?? `${claim} is wrong`}.`);
}
