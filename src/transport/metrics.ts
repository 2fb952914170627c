import { Histogram, type Sample } from './histogram.ts';

/** Everything that one process counts, as plain data. */
export type Figures = readonly object[];

/** One figure, under the names that prom-client has for its parts. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<object>;
}

/** Counts a request that has been answered. */
export type CountRequest = (method: string, status: number, ms: number) => void;

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const commitSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Others are counted as OTHER: what a caller sends never becomes a label. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'];
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/**
 * What the server has done and how it is, as Prometheus reads it. Counting adds to plain numbers; everything else is done,
 * and the library for it loaded, when somebody asks for them.
 */
export class Metrics {
  readonly #nowMs: () => number;
  readonly #all: Metric[] = [];
  readonly #refusals = new Map<string, Map<string, number>>();
  readonly #batches = new Histogram(batchSizes);
  readonly #commits = new Histogram(commitSeconds);
  readonly #requests = new Map<string, (Histogram | undefined)[]>();
  readonly #messages = new Map<string, Histogram>();

  /** @param nowMs a clock that only goes forward, in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const histogram = (name: string, help: string, collect: () => Sample[]) =>
      this.#add(name, help, 'histogram', collect);
    histogram('muster_http_request_duration_seconds', 'From the header fields to the answer.', () =>
      this.#ofRequests(),
    );
    histogram('muster_socket_message_duration_seconds', 'From a WebSocket message to its answer.', () =>
      [...this.#messages].flatMap(([path, counts]) =>
        counts.samples('muster_socket_message_duration_seconds', { path }),
      ),
    );
    histogram('muster_writer_batch_commands', 'Commands that were decided together and committed at once.', () =>
      this.#batches.samples('muster_writer_batch_commands'),
    );
    histogram('muster_writer_commit_seconds', 'From taking up a batch until it is durable.', () =>
      this.#commits.samples('muster_writer_commit_seconds'),
    );
    this.#add('muster_refusals_total', 'Commands and credentials that the directory has refused.', 'counter', () =>
      [...this.#refusals].flatMap(([dialect, codes]) =>
        [...codes].map(([code, value]) => ({ labels: { dialect, code }, value })),
      ),
    );
  }

  /** What counts the requests of one dialect. */
  requestsOf(dialect: string): CountRequest {
    const series: (Histogram | undefined)[] = [];
    this.#requests.set(dialect, series);
    return (method, status, ms) => {
      const known = methods.indexOf(method);
      const index = (known < 0 ? methods.length - 1 : known) * classes.length + Math.floor(status / 100) - 1;
      series[index] ??= new Histogram(requestSeconds);
      series[index].observe(ms / 1000);
    };
  }

  /** What is called when a message comes to a WebSocket at this path; it answers what to call once it is answered. */
  messagesOf(path: string): () => () => void {
    const counts = new Histogram(requestSeconds);
    this.#messages.set(path, counts);
    return () => this.#timer(counts);
  }

  /** A batch of commands has been committed, in so many milliseconds. */
  committed(commands: number, ms: number): void {
    this.#batches.observe(commands);
    this.#commits.observe(ms / 1000);
  }

  refused(dialect: string, code: string): void {
    const codes = this.#refusals.get(dialect) ?? new Map<string, number>();
    this.#refusals.set(dialect, codes);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  /**
   * A figure that is read whenever somebody asks.
   * @param ofAll what several processes have together: `max` for what all of them see the same
   */
  gauge(name: string, help: string, read: () => number | Promise<number>, ofAll: 'sum' | 'max' = 'sum'): void {
    this.#add(name, help, 'gauge', async () => [{ labels: {}, value: await read() }], ofAll);
  }

  /** A figure that only grows, read whenever somebody asks. */
  counter(name: string, help: string, read: () => number): void {
    this.#add(name, help, 'counter', () => [{ labels: {}, value: read() }]);
  }

  /** Everything in Prometheus's text format, the process's own figures included. */
  async text(): Promise<string> {
    return (await import('./metrics-text.ts')).textOf(this.#all);
  }

  /** The same as plain data, for `mergedText`. */
  async figures(): Promise<Figures> {
    return (await import('./metrics-text.ts')).figuresOf(this.#all);
  }

  #timer(counts: Histogram): () => void {
    const start = this.#nowMs();
    return () => counts.observe((this.#nowMs() - start) / 1000);
  }

  #ofRequests(): Sample[] {
    return [...this.#requests].flatMap(([dialect, series]) =>
      series.flatMap((counts, index) => {
        const labels = {
          dialect,
          method: methods[Math.floor(index / classes.length)],
          status: classes[index % classes.length],
        };
        return counts?.samples('muster_http_request_duration_seconds', labels as Sample['labels']) ?? [];
      }),
    );
  }

  /** prom-client builds its keys anew at every observation; like this it only writes down what is there. */
  #add(
    name: string,
    help: string,
    type: string,
    collect: () => readonly Sample[] | Promise<readonly Sample[]>,
    aggregator = 'sum',
  ): void {
    const get = async () => ({ name, help, type, aggregator, values: await collect() });
    this.#all.push({ name, help, type, get });
  }
}

/** What several processes count, as one text. */
export async function mergedText(ofEach: readonly Figures[]): Promise<string> {
  return (await import('./metrics-text.ts')).mergedTextOf(ofEach);
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
