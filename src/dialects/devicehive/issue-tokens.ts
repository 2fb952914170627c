import type { NewToken } from '#auth/guard.ts';
import type { Actor, Via } from '#core/actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf, instantOf } from '#core/instant.ts';
import type { User } from '#core/user.ts';
import type { Services } from './call.ts';
import { idOf } from './encode.ts';
import { type Rights, rightsDoc } from './rights.ts';

const accessLifeMs = 30 * 60_000;
const refreshLifeMs = 182 * 24 * 3_600_000;

/** How often the expiry is moved before it is given up that a token could be new. */
const maxTries = 1_000;

export interface Wanted {
  readonly user: User;
  /** Who asks for them, if it is another; its token must still hold when they are issued. */
  readonly by?: Actor;
  readonly rights: Rights;
  /** They come of a sign-in, so a new password ends them. */
  readonly signedIn: boolean;
  /** In milliseconds since 1970; by default after the token's usual life. */
  readonly accessUntil?: number | undefined;
  readonly refreshUntil?: number | undefined;
  /** When the token ends that they are made with, if they must not outlive it. */
  readonly latest?: number | undefined;
  /** The refresh token that they come of; it must still be valid. */
  readonly from?: string;
}

/** An access token. */
export async function issueAccessToken(wanted: Wanted, services: Services, via: Via): Promise<string> {
  const [access] = await issue(wanted, ['access'], services, via);
  return access ?? '';
}

/** An access token and the refresh token that gets more of them. */
export async function issueTokens(
  wanted: Wanted,
  services: Services,
  via: Via,
): Promise<{ accessToken: string; refreshToken: string }> {
  const [accessToken = '', refreshToken = ''] = await issue(wanted, ['access', 'refresh'], services, via);
  return { accessToken, refreshToken };
}

/**
 * A JWT of this vendor has no id, so two with the same expiry are the same: it moves by milliseconds until the tokens
 * are new.
 */
async function issue(
  wanted: Wanted,
  uses: readonly NewToken['use'][],
  services: Services,
  via: Via,
): Promise<string[]> {
  for (let moved = 0; ; moved++) {
    const tokens = await Promise.all(uses.map((use) => write(wanted, use, moved, services)));
    try {
      const { user, from, by } = wanted;
      await services.guard.issue({ user, ...(from === undefined ? {} : { from }) }, tokens, via, by);
      return tokens.map(({ token }) => token);
    } catch (error) {
      const taken = error instanceof DirectoryError && error.reason === 'id_taken';
      if (!taken || moved >= maxTries) throw error;
    }
  }
}

async function write(
  { user, rights, signedIn, accessUntil, refreshUntil, latest }: Wanted,
  use: NewToken['use'],
  moved: number,
  { jwts, clock }: Services,
): Promise<NewToken> {
  const now = epochMsOf(clock.now());
  const until = use === 'access' ? (accessUntil ?? now + accessLifeMs) : (refreshUntil ?? now + refreshLifeMs);
  const e = latest === undefined ? until + moved : Math.min(until, latest) - moved;
  const token = await jwts.write({ u: idOf(user), ...rights, e, t: use === 'access' ? 1 : 0 });
  return { token, use, dialect: 'devicehive', rights: rightsDoc(rights), signedIn, expiresAt: instantOf(e) };
}
