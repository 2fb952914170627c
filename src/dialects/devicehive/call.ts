import type { Actor, Via } from '#core/actor.ts';
import type { RunOptions } from '#core/directory.ts';
import type { JsonObject } from '#core/json.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import type { Jwts } from './jwt.ts';
import type { Action } from './rights.ts';

/** The vendor's two ways to the same operations. */
export type Transport = 'socket' | 'rest';

/** One operation that somebody asks for, however it came. */
export interface Call {
  /** By the names that they have over WebSocket. */
  readonly params: JsonObject;
  readonly via: Via;
  readonly transport: Transport;
  /** Where the caller has reached this server: `https://dh.example.com`. */
  readonly origin: string;
  readonly session: Session;
  /** What REST takes besides the request itself. */
  readonly options: RunOptions;
}

/** What one connection, or one request, comes with. */
export interface Session {
  /** The access token; checked again at every call. */
  token?: string;
}

/** What handlers work with. */
export interface Services extends Pick<DialectHost, 'directory' | 'guard' | 'clock' | 'log' | 'originOf'> {
  readonly jwts: Jwts;
}

/** What is answered: one thing, or many in pages; neither where nothing but the success is told. */
export interface Answer {
  readonly shown?: JsonObject;
  readonly listed?: AsyncIterable<readonly JsonObject[]>;
  /** Of the user that it is about. */
  readonly version?: number | undefined;
}

export type OpenHandler = (call: Call, services: Services) => Promise<Answer>;
export type Handler = (call: Call, services: Services, actor: Actor) => Promise<Answer>;

/** One operation: open to everybody, or to a caller whose token allows any of these actions. */
export type Route = RouteOnWire &
  (
    | { readonly needs?: undefined; readonly handle?: OpenHandler }
    | { readonly needs: readonly Action[]; readonly handle?: Handler }
  );

/** How an operation looks on both wires. Without `handle` it is known, and not built. */
interface RouteOnWire {
  /** Over WebSocket. */
  readonly action: string;
  /** The member of the WebSocket answer that holds what is shown; absent: its members stand beside `status`. */
  readonly member?: string;
  readonly rest?: RestRoute;
}

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/dh/rest`, with Fastify's parameters. */
  readonly path: string;
  /** Of success. */
  readonly status: 200 | 201 | 204;
  /** What the body is over WebSocket: a parameter of this name, or all of them. */
  readonly body?: 'user' | 'payload' | 'everything';
}
