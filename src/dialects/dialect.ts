import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Guard } from '#auth/guard.ts';
import type { Directory } from '#core/directory.ts';
import type { JsonObject } from '#core/json.ts';
import type { Clock, Log, Random, Sealer } from '#core/ports.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import type { SocketRoutes } from '#transport/sockets.ts';

/** One vendor's API: it translates, and does nothing else. */
export interface Dialect {
  /** The name in paths, in ids, in history: lower-case letters. */
  readonly name: string;
  /** For people: `ZITADEL v2`. */
  readonly title: string;
  /** Where its clients point, for people: a path such as `/v2`. */
  readonly at: string;
  /** What its id of a user is: the next free number, or the user's guid. A given id may be kept at creation. */
  readonly ids: 'number' | 'guid';
  /** What its id of a realm is: a number, a guid, or a short name in capitals. */
  readonly realmIds?: 'number' | 'guid' | 'name';
  /** Its wire shows ids as text, numbers too. */
  readonly idsAreText?: true;
  /** Programs sign in to it as clients, by an id and a secret of their own. */
  readonly hasClients?: true;
  /** What `setting` may be asked for: the name behind MUSTER_<DIALECT>_, and a line for `--help`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The languages that its wire names by ids of its own: BCP 47 tag, that id, and the English name. */
  readonly languages?: () => readonly { readonly tag: string; readonly id: string; readonly name: string }[];
  /** Prefixes, in lower case, below which paths are read in any case. */
  readonly pathsIgnoringCase?: readonly string[];
  /**
   * A command line to paste (curl) that reads, or changes something harmless of, the user with this id of this dialect.
   */
  example?(at: { readonly origin: string; readonly token: string; readonly id: string }): string;
  /** Adds its routes. Called once, before the server listens. */
  register(host: DialectHost): void | Promise<void>;
  /** The user as this dialect's own read shows it. */
  show(user: User, realm: Realm, dialects: readonly Dialect[]): JsonObject;
}

/** What a dialect is given to work with. */
export interface DialectHost {
  /** A context of its own: parsers, hooks and error handlers that it sets hold for its routes alone. */
  readonly http: FastifyInstance;
  readonly sockets: SocketRoutes;
  readonly directory: Directory;
  readonly guard: Guard;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /**
   * Where a caller has reached this server, as `https://users.example.com`: by MUSTER_PUBLIC_URL, or by what the request
   * (`request.raw` of Fastify's, `request` of a socket's) and the trusted proxies say.
   */
  originOf(request: IncomingMessage): string;
  /** MUSTER_PUBLIC_URL: where that is not given, `originOf` believes the caller, and nothing secret may rest on it. */
  readonly publicUrl: string | undefined;
  /** A setting of this dialect alone: `setting('JWT_SECRET')` is MUSTER_DEVICEHIVE_JWT_SECRET. */
  setting(name: string): string | undefined;
  /** All dialects that are switched on, for the directory's own views of them. */
  readonly dialects: readonly Dialect[];
}
