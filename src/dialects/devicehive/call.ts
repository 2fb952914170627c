import type { Actor, Via } from '#core/actor.ts';
import type { JsonObject } from '#core/json.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import type { Jwts } from './jwt.ts';
import type { Action } from './rights.ts';

/** One operation that somebody asks for, however it came. */
export interface Call {
  readonly params: JsonObject;
  readonly via: Via;
  /** The host, with its port, by which the caller reached this server. */
  readonly host: string;
  readonly session: Session;
}

/** What one connection remembers. */
export interface Session {
  /** The access token that it was opened with; checked again at every call. */
  token?: string;
}

/** What handlers work with. */
export interface Services extends Pick<DialectHost, 'directory' | 'guard' | 'clock' | 'log'> {
  readonly jwts: Jwts;
}

/** Answers what stands beside `status` in the vendor's envelope. */
export type OpenHandler = (call: Call, services: Services) => Promise<JsonObject>;
export type Handler = (call: Call, services: Services, actor: Actor) => Promise<JsonObject>;

/** One operation: open to everybody, or to a caller whose token allows any of these actions. */
export type Route =
  | { readonly action: string; readonly needs?: undefined; readonly handle: OpenHandler }
  | { readonly action: string; readonly needs: readonly Action[]; readonly handle: Handler };
