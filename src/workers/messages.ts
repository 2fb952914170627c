import type { Worker } from 'node:cluster';
import type { Figures } from '#transport/metrics.ts';

/** What a worker tells its supervisor. */
export type FromWorker =
  | { readonly tells: 'serving'; readonly serving: Serving }
  | { readonly tells: 'wants-figures'; readonly request: number }
  | { readonly tells: 'figures'; readonly request: number; readonly figures: Figures };

/** What a supervisor tells a worker. */
export type ToWorker =
  /** It has shown what the worker serves. */
  | { readonly tells: 'shown' }
  /** Another one has taken the place of this one. */
  | { readonly tells: 'leave' }
  | { readonly tells: 'wants-figures'; readonly request: number }
  /** All figures, as text. */
  | { readonly tells: 'figures'; readonly request: number; readonly text: string };

/** A worker has got to serve. */
export interface Serving {
  /** What a start prints. */
  readonly text: string;
  /** It says what nobody has been told yet: it has to be shown. */
  readonly isNews: boolean;
}

/** One that has gone is told nothing. */
export function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
