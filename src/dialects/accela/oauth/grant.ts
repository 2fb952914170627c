import type { Actor } from '#core/actor.ts';
import type { JsonObject } from '#core/json.ts';
import type { Operation } from '#dialects/accela/operation.ts';

/** What a token that an app has got is good for; kept as the token's rights. */
export type Grant = {
  /** The client's id. */
  readonly app: string;
  /** The id of the realm, `MAIN`. */
  readonly agency: string;
  /** As the app has named it, `PROD`. */
  readonly environment: string;
  /** As asked for, in that order; those of other APIs open nothing here. */
  readonly scopes: readonly string[];
};

/** The scope that opens every operation of this API. */
const everything = 'users';

/** What the caller's token is limited to; undefined for a token of the directory itself, which is not. */
export function grantOf({ token }: Actor): Grant | undefined {
  return token?.client === undefined ? undefined : readGrant(token.rights);
}

/** The rights of a token, which this dialect has written and nobody else. */
export function readGrant(rights: unknown): Grant {
  const { app, agency, environment, scopes } = rights as Grant;
  return { app, agency, environment, scopes };
}

export function grantDoc({ app, agency, environment, scopes }: Grant): JsonObject {
  return { app, agency, environment, scopes: [...scopes] };
}

/** Whether a grant opens an operation: by the scope of all, or by the operation's own former one. */
export function allows({ scopes }: Grant, { scope, anyScope }: Pick<Operation, 'scope' | 'anyScope'>): boolean {
  return anyScope === true || scopes.includes(everything) || (scope !== undefined && scopes.includes(scope));
}

/** The scopes that would open an operation, for people. */
export function scopesFor({ scope }: Pick<Operation, 'scope'>): string {
  return scope === undefined ? everything : `${everything} or ${scope}`;
}
