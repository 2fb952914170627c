import { readFileSync } from 'node:fs';
import pg, { type ClientConfig, type QueryResult } from 'pg';
import type { Row } from '#store/rows.ts';
import { ConnectionLost, endsConnection, NoAnswer } from './failure.ts';
import type { Host, PostgresSettings } from './settings.ts';

/** A statement with its parameters; without them it may be several, and no plan of it is kept. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** What a statement came to: its rows, and what PostgreSQL calls it: `COMMIT`, `ROLLBACK`, `UPDATE`. */
export interface Answer {
  readonly rows: Row[];
  readonly rowCount: number | null;
  readonly command: string;
}

/** int8 and int4 are numbers here (keys and positions stay below 2^53), all else is text. */
const types = {
  getTypeParser: (oid: number) => (oid === 20 || oid === 21 || oid === 23 ? Number : (text: string) => text),
};

/**
 * Sets what plans are kept by, if the session is this process's own. A plan has to be good however large the tables
 * become: rows are found one by one, by an index. Those that PostgreSQL makes while a table is small would look at all of
 * it; and a row that is looked up is no reason to compile anything.
 */
const keepPlansSql = `SELECT set_config(name, value, false) FROM (VALUES ('plan_cache_mode', 'force_generic_plan'),
    ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('jit', 'off')) AS s(name, value)
  WHERE pg_backend_pid() = $1`;

/** The names of statements whose plans are kept, by their texts. */
const planNames = new Map<string, string>();

function planNameOf(text: string): string {
  const known = planNames.get(text);
  if (known !== undefined) return known;
  const name = `muster_${planNames.size}`;
  planNames.set(text, name);
  return name;
}

/**
 * One connection. What is sent at once travels together, and is answered in its order. It is lost once and for all when
 * the network or the server ends it, or when an answer takes longer than it may.
 */
export class Connection {
  readonly #client: pg.Client;
  #lost: ConnectionLost | undefined;
  #wasUsed = false;
  #hasFailed = false;
  #keepsPlans = false;

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', (error) => this.lose(error));
    client.on('end', () => this.lose(undefined));
    client.on('notice', ({ routine, message }) => {
      // A commit that is kept from waiting for the synchronous standby succeeds with this warning. That is no answer.
      if (routine === 'SyncRepWaitForLSN') this.lose(new Error(message));
    });
  }

  /** Connects to one of the hosts. Rejects with a ConnectionLost or PostgreSQL's own error. */
  static async open({ host, port }: Host, settings: PostgresSettings, timeMs: number): Promise<Connection> {
    const client = new pg.Client({
      host,
      port,
      user: settings.user,
      database: settings.database,
      // Without one it would look for the machine's own in files.
      password: settings.password ?? '',
      ssl: tlsOf(settings),
      application_name: 'muster',
      connectionTimeoutMillis: timeMs,
      keepAlive: true,
      pipeline: true,
      types,
    } as ClientConfig);
    const connection = new Connection(client);
    try {
      await client.connect();
      return connection;
    } catch (error) {
      connection.lose(error);
      if (error instanceof pg.DatabaseError) throw error;
      // OpenSSL's messages end with a line break.
      throw new ConnectionLost(`${host}:${port}: ${(error as Error).message.trim()}.`, { cause: error });
    }
  }

  /**
   * From now on the server keeps the plan of each statement that has parameters, be they none: of what looks up a few
   * rows, most of the time goes into planning. For a connection that sends the same few statements over and over. A
   * pooler lends its sessions to anybody, and has process ids of its own: nothing is kept there.
   */
  async keepPlans(timeMs: number): Promise<void> {
    const { processID } = this.#client as unknown as { processID: number };
    const [answer] = await this.send([{ text: keepPlansSql, values: [processID] }], timeMs);
    this.#keepsPlans = answer !== undefined && answer.rows.length > 0;
    this.#wasUsed = false;
  }

  /** Whether its server takes writes now. */
  async takesWrites(timeMs: number): Promise<boolean> {
    const [answer] = await this.send([{ text: 'SHOW transaction_read_only' }], timeMs);
    return answer?.rows[0]?.['transaction_read_only'] === 'off';
  }

  /** Something has been asked through it and answered before. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Nobody has left a transaction open in it. Behind a failure only the next answer tells: until then it may be so. */
  get isIdle(): boolean {
    return this.#lost === undefined && !this.#hasFailed && this.#client.getTransactionStatus() === 'I';
  }

  /**
   * Sends statements in one go and answers each. Rejects with what the first that failed has failed with, once all are
   * answered, or with a ConnectionLost after `timeMs`.
   */
  async send(statements: readonly Statement[], timeMs: number): Promise<Answer[]> {
    if (this.#lost) throw this.#lost;
    const timer = setTimeout(() => this.lose(new NoAnswer(`PostgreSQL has not answered within ${timeMs} ms.`)), timeMs);
    try {
      const answers = await Promise.allSettled(statements.map((statement) => this.#query(statement)));
      const failed = answers.find((answer) => answer.status === 'rejected');
      this.#hasFailed = failed !== undefined;
      if (failed) throw this.#asLost(failed.reason);
      if (this.#lost) throw this.#lost;
      this.#wasUsed = true;
      return answers.map((answer) => (answer as PromiseFulfilledResult<QueryResult>).value);
    } finally {
      clearTimeout(timer);
    }
  }

  lose(cause: unknown): void {
    if (this.#lost) return;
    const text = cause instanceof Error ? cause.message : 'it was closed';
    const lost = new ConnectionLost(`The connection to PostgreSQL is lost: ${text}.`, { cause });
    this.#lost = cause instanceof NoAnswer ? cause : lost;
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  /** Ends it in an orderly way; nobody may be waiting. */
  close(): void {
    this.#lost ??= new ConnectionLost('The connection to PostgreSQL is closed.');
    void this.#client.end().catch(() => {});
  }

  #query({ text, values }: Statement): Promise<QueryResult> {
    const isKept = this.#keepsPlans && values !== undefined;
    return this.#client.query({ text, values: (values ?? []) as unknown[], ...(isKept && { name: planNameOf(text) }) });
  }

  #asLost(error: unknown): unknown {
    if (endsConnection(error)) this.lose(error);
    if (error instanceof pg.DatabaseError) return error;
    // The driver's own errors (it throws no others once connected) say that nothing more can be asked.
    if (!(error instanceof TypeError)) this.lose(error);
    return this.#lost ?? error;
  }
}

function tlsOf({ tls, rootCertificate, certificate, key }: PostgresSettings): ClientConfig['ssl'] {
  if (tls === 'disable') return false;
  return {
    // As libpq has it: whoever names a root wants it to be checked.
    rejectUnauthorized: tls !== 'require' || rootCertificate !== undefined,
    ...(tls === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(rootCertificate ? { ca: read(rootCertificate) } : {}),
    ...(certificate ? { cert: read(certificate) } : {}),
    ...(key ? { key: read(key) } : {}),
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConnectionLost(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}
