import { epochMsOf } from '#core/instant.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { Refusal, refusals } from './errors.ts';
import { integerOf, optional, textOf } from './members.ts';
import { actionNames, type Rights } from './rights.ts';
import { tokenUserMissing } from './rules.ts';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** The login and password of a sign-in. */
export function readCredentials({ login, password }: JsonObject): Credentials {
  const name = optional(login, textOf) ?? '';
  const given = optional(password, textOf) ?? '';
  if (name.trim() === '' || given === '') {
    throw new Refusal(400, 'Invalid or empty authorization request parameters');
  }
  return { name, password: given };
}

export interface TokenRequest {
  readonly userId: number;
  readonly rights: Rights;
  /** When the tokens are to expire, in milliseconds since 1970; absent: after their usual life. */
  readonly accessUntil: number | undefined;
  readonly refreshUntil: number | undefined;
}

/** The payload of a request for tokens. `expiration` holds for both tokens, unless the refresh token has its own. */
export function readTokenRequest(payload: Json | undefined): TokenRequest {
  if (!isJsonObject(payload)) throw refusals.malformed();
  const userId = optional(payload.userId, integerOf);
  if (userId === undefined || userId === null) throw tokenUserMissing();
  const accessUntil = optional(payload.expiration, instantOf) ?? undefined;
  return {
    userId,
    rights: {
      a: optional(payload.actions, actionsOf) ?? [actionNames.indexOf('None')],
      n: optional(payload.networkIds, idsOf) ?? null,
      dt: optional(payload.deviceTypeIds, idsOf) ?? null,
    },
    accessUntil,
    refreshUntil: optional(payload.refreshExpiration, instantOf) ?? accessUntil,
  };
}

/** Names in any case or numbers. Unknown ones are dropped; where nothing is left, the list allows nothing. */
function actionsOf(value: Json): number[] {
  if (!Array.isArray(value)) throw refusals.malformed();
  const numbers = value.map((entry: Json) => {
    if (typeof entry === 'number') return entry;
    if (typeof entry !== 'string') throw new Refusal(400, 'Actions list should contain only Strings or Integers');
    return actionNames.findIndex((name) => name.toLowerCase() === entry.toLowerCase());
  });
  const known = numbers.filter((number) => actionNames[number] !== undefined);
  // An empty list would stand for all that a client may do, which is not what was asked for.
  return known.length === 0 && numbers.length > 0 ? [actionNames.indexOf('None')] : known;
}

function idsOf(value: Json): string[] {
  if (!Array.isArray(value)) throw refusals.malformed();
  return value.map(textOf);
}

const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A moment: milliseconds since 1970, or ISO 8601, in UTC where no zone is given. */
function instantOf(value: Json): number {
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const zoned = typeof value === 'string' && iso.test(value) ? epochMsOf(inUtc(value)) : value;
  if (typeof zoned !== 'number' || !Number.isSafeInteger(zoned) || zoned < 0 || zoned > lastInstant) {
    throw refusals.malformed();
  }
  return zoned;
}

function inUtc(text: string): string {
  return /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
}
