/** What connections may take. Times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly bodyBytes: number;
  /** Of a path parameter; a longer one is 414. */
  readonly parameterLength: number;
  /** Of all header fields together, and how many there may be; more is 431. */
  readonly headerBytes: number;
  readonly headerFields: number;
  /** For the TLS handshake, for what tells the HTTP version, and then for the header fields. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** A connection on which nothing moves while it is being answered is cut off: its peer does not read. */
  readonly stalledMs: number;
  /** How often time-outs are looked for: they come up to this much later. */
  readonly checkMs: number;
  /** How long a client of HTTP/2 may take to hear that it should go, before no stream of it is taken any more. */
  readonly farewellMs: number;
  /** How long closing waits for what is in flight. */
  readonly drainMs: number;
  /** Open at once, in all, and from one address that is no trusted proxy; what comes beyond is told 503. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** How long one that is too many may wait to be told so. */
  readonly refusedMs: number;
  /** Requests that wait on one connection for their answer; what comes beyond is told 429, or its stream refused. */
  readonly pipelined: number;
  /** Streams of HTTP/2 that a client may take back at once, and then in a second; one that goes on is cut off. */
  readonly resets: number;
  readonly resetsPerSecond: number;
}

export const standardLimits: Limits = {
  bodyBytes: 1_048_576,
  parameterLength: 8192,
  headerBytes: 16_384,
  headerFields: 100,
  headersMs: 15_000,
  requestMs: 60_000,
  // Longer than the minute for which common proxies keep theirs, so that they never use one that is closing.
  keepAliveMs: 65_000,
  stalledMs: 60_000,
  checkMs: 5_000,
  farewellMs: 500,
  drainMs: 10_000,
  connections: 10_000,
  connectionsPerAddress: 5_000,
  refusedMs: 5_000,
  pipelined: 100,
  resets: 500,
  resetsPerSecond: 50,
};
