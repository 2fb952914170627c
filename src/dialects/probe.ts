/** A server to call, and the token to call it with. */
export interface Call {
  /** `http://127.0.0.1:7400` */
  readonly origin: string;
  readonly token: string;
}

/** A user as a probe creates it; a dialect without one of these leaves it out. */
export interface ProbeUser {
  readonly username: string;
  readonly email?: string;
  readonly phone?: string;
  readonly password?: string;
}

/**
 * Drives one dialect over its own wire, for the tests that run against every dialect. What the vendor lacks is left
 * out. Each method rejects with a ProbeError when the answer is not the vendor's success.
 */
export interface Probe {
  /** Answers the dialect's id of the new user. */
  create?(call: Call, user: ProbeUser): Promise<string>;
  /** The user as the dialect's read shows it. */
  read(call: Call, id: string): Promise<Readonly<Record<string, unknown>>>;
  /** Changes what is given. */
  update(call: Call, id: string, change: Partial<ProbeUser>): Promise<void>;
  lock?(call: Call, id: string): Promise<void>;
  delete?(call: Call, id: string): Promise<void>;
  /** Sends back, as an update, what a read has shown. */
  echo(call: Call, id: string): Promise<void>;
}

/** An answer that is not the vendor's success. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}
