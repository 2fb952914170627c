import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Message } from './messages.ts';
import { freePort } from './port.ts';
import { ProxiedConnection } from './proxied-connection.ts';

/** Whether it holds for a message. It is asked about each in turn, so that it may count them. */
export type Match = (message: Message) => boolean;

export type When = 'before' | 'after';

/**
 * How a connection is cut. In each case the server gets all that was forwarded.
 * - `reset`: the client gets an error at once; the server reads the end of the connection.
 * - `end`: both read the end of the connection.
 * - `abandon`: the client gets an error at once; the server knows of nothing and keeps its session.
 */
export type How = 'reset' | 'end' | 'abandon';

/** A point of the exchange at which something has been asked to happen, once. */
export interface Point {
  /** Resolves when it has happened, to the message. */
  readonly reached: Promise<Message>;
  /** Resolves when the server has closed that connection: whatever it was to do, it has done. */
  readonly over: Promise<void>;
}

/** A network between clients and a PostgreSQL that fails when it is told to. */
export interface PostgresProxy {
  readonly port: number;
  /** The same database, through the proxy. */
  readonly through: (url: string) => string;
  /** What has been forwarded, in both directions, since the start or the last `clear`. */
  readonly messages: readonly Message[];
  /** Cuts the connection right before or after the next message for which `match` holds is forwarded. */
  readonly cut: (when: When, match: Match, how?: How) => Point;
  /** Cuts every connection now. */
  readonly cutAll: (how?: How) => void;
  /**
   * Forwards nothing more on the connection of that message, in either direction, until `resume`. What is sent
   * meanwhile arrives then, even if its sender has given up: as on a network.
   */
  readonly stall: (when: When, match: Match) => Point;
  /** The same for all connections, and now. */
  readonly stallAll: () => void;
  readonly resume: () => void;
  /** Refuses new connections until `accept`. */
  readonly refuse: () => Promise<void>;
  readonly accept: () => Promise<void>;
  /** Sends new connections to the PostgreSQL at another port. */
  readonly retarget: (port: number) => void;
  /** Forgets the messages, and the points that were not reached. */
  readonly clear: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a proxy before the PostgreSQL at this port of 127.0.0.1. */
export async function startProxy(targetPort: number): Promise<PostgresProxy> {
  const proxy = new RunningProxy(await freePort(), targetPort);
  await proxy.accept();
  return proxy;
}

/** Holds for the n-th message (from 1) that it is asked about and that `match` holds for. */
export function nth(n: number, match: Match = () => true): Match {
  let count = 0;
  return (message) => {
    if (match(message)) count += 1;
    return count === n && match(message);
  };
}

/** Holds for a client's messages that have SQL done that matches, whether it is prepared or not. */
export function statement(pattern: RegExp): Match {
  return ({ sql }) => sql !== undefined && pattern.test(sql);
}

interface Trap {
  readonly when: When;
  readonly match: Match;
  readonly act: (connection: ProxiedConnection) => void;
  readonly reached: PromiseWithResolvers<Message>;
  readonly over: PromiseWithResolvers<void>;
}

class RunningProxy implements PostgresProxy {
  readonly port: number;
  messages: Message[] = [];
  #targetPort: number;
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  #traps: Trap[] = [];
  #count = 0;
  #isStalled = false;

  constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connect(client));
  }

  readonly through = (url: string): string => Object.assign(new URL(url), { host: `127.0.0.1:${this.port}` }).href;

  readonly cut = (when: When, match: Match, how: How = 'reset'): Point =>
    this.#trap(when, match, (connection) => connection.cut(how));

  readonly cutAll = (how: How = 'reset'): void => {
    for (const connection of this.#connections) connection.cut(how);
  };

  readonly stall = (when: When, match: Match): Point => this.#trap(when, match, (connection) => connection.stall());

  readonly stallAll = (): void => {
    this.#isStalled = true;
    for (const connection of this.#connections) connection.stall();
  };

  readonly resume = (): void => {
    this.#isStalled = false;
    for (const connection of this.#connections) connection.resume();
  };

  readonly refuse = async (): Promise<void> => {
    // It calls back when the last connection is gone, too; it has stopped to listen at once.
    this.#server.close();
  };

  readonly accept = async (): Promise<void> => {
    if (this.#server.listening) return;
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  };

  readonly retarget = (port: number): void => {
    this.#targetPort = port;
  };

  readonly clear = (): void => {
    this.messages = [];
    this.#traps = [];
  };

  readonly close = async (): Promise<void> => {
    await this.refuse();
    const connections = [...this.#connections];
    for (const connection of connections) connection.destroy();
    await Promise.all(connections.map(({ over }) => over));
  };

  #connect(client: Socket): void {
    this.#count += 1;
    const connection = new ProxiedConnection(this.#count, client, this.#targetPort, {
      meet: (when, message) => this.#meet(when, message, connection),
      forwarded: (message) => this.messages.push(message),
    });
    this.#connections.add(connection);
    connection.over.then(() => this.#connections.delete(connection));
    if (this.#isStalled) connection.stall();
    connection.run();
  }

  #trap(when: When, match: Match, act: Trap['act']): Point {
    const reached = Promise.withResolvers<Message>();
    const over = Promise.withResolvers<void>();
    this.#traps.push({ when, match, act, reached, over });
    return { reached: reached.promise, over: over.promise };
  }

  #meet(when: When, message: Message, connection: ProxiedConnection): (() => void) | undefined {
    const met = this.#traps.filter((trap) => trap.when === when && trap.match(message));
    if (met.length === 0) return undefined;
    this.#traps = this.#traps.filter((trap) => !met.includes(trap));
    return () => {
      for (const { act, reached, over } of met) {
        act(connection);
        reached.resolve(message);
        connection.over.then(over.resolve);
      }
    };
  }
}
