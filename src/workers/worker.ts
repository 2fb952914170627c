import cluster from 'node:cluster';
import type { Figures } from '#transport/metrics.ts';
import type { FromWorker, Serving, ToWorker } from './messages.ts';

/** A worker's side of the talk with its supervisor. */
export interface Supervised {
  /** Says that this serves. */
  serving(serving: Serving): void;
  /** Is called when what this serves has been shown to people. */
  onShown(announce: () => void): void;
  /** Is called when another one has taken the place of this one. */
  onLeave(leave: () => void): void;
  /** Answers what gets the figures of all workers, as text; `own` gets those of this one. */
  figuresWith(own: () => Promise<Figures>): () => Promise<string>;
}

/** Undefined in a process that nobody supervises. */
export function supervised(): Supervised | undefined {
  return cluster.isWorker ? new Worker() : undefined;
}

class Worker implements Supervised {
  #announce = (): void => {};
  #leave = (): void => {};
  #own: (() => Promise<Figures>) | undefined;
  readonly #waiting = new Map<number, (text: string) => void>();
  #requests = 0;

  constructor() {
    process.on('message', (message: ToWorker) => void this.#hear(message));
  }

  serving(serving: Serving): void {
    tell({ tells: 'serving', serving });
  }

  onShown(announce: () => void): void {
    this.#announce = announce;
  }

  onLeave(leave: () => void): void {
    this.#leave = leave;
  }

  figuresWith(own: () => Promise<Figures>): () => Promise<string> {
    this.#own = own;
    return () => this.#ask();
  }

  #ask(): Promise<string> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve);
      tell({ tells: 'wants-figures', request });
    });
  }

  async #hear(message: ToWorker): Promise<void> {
    if (message.tells === 'shown') this.#announce();
    if (message.tells === 'leave') this.#leave();
    if (message.tells === 'wants-figures') {
      tell({ tells: 'figures', request: message.request, figures: (await this.#own?.()) ?? [] });
    }
    if (message.tells === 'figures') {
      this.#waiting.get(message.request)?.(message.text);
      this.#waiting.delete(message.request);
    }
  }
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
