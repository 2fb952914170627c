// What of the peers' packages is used here, so that types are checked whether or not they are installed;
// pg is Muster's, too.

declare module 'ldapts' {
  export class Client {
    constructor(options: { url: string });
    bind(name: string, password: string): Promise<void>;
    modify(name: string, changes: Change[]): Promise<void>;
    unbind(): Promise<void>;
  }
  export class Change {
    constructor(options: { operation: 'replace'; modification: Attribute });
  }
  export class Attribute {
    constructor(options: { type: string; values: string[] });
  }
}

declare module 'better-auth' {
  import type { Pool } from 'pg';
  export interface Options {
    baseURL: string;
    secret: string;
    database: Pool;
    emailAndPassword: { enabled: boolean };
    rateLimit: { enabled: boolean };
    telemetry: { enabled: boolean };
  }
  export interface Auth {
    readonly options: Options;
    readonly handler: (request: Request) => Promise<Response>;
  }
  export function betterAuth(options: Options): Auth;
}

declare module 'better-auth/node' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type { Auth } from 'better-auth';
  export function toNodeHandler(auth: Auth): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

declare module 'better-auth/db/migration' {
  import type { Options } from 'better-auth';
  export function getMigrations(options: Options): Promise<{ runMigrations(): Promise<void> }>;
}
