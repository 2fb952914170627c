import type { Worker } from 'node:cluster';
import { type Figures, mergedText } from '#transport/metrics.ts';
import { tell } from './messages.ts';

interface Gathered {
  /** Who has asked, and by which number there. */
  readonly asker: Worker;
  readonly request: number;
  readonly missing: Set<Worker>;
  readonly figures: Figures[];
  readonly timer: NodeJS.Timeout;
}

/** Who has not told its figures by then is left out. */
const waitMs = 1000;

/** Gathers the figures of all workers for the one that somebody has asked. */
export class Gathering {
  readonly #open = new Map<number, Gathered>();
  #requests = 0;

  begin(asker: Worker, request: number, workers: ReadonlySet<Worker>): void {
    this.#requests += 1;
    const id = this.#requests;
    const timer = setTimeout(() => this.#end(id), waitMs);
    this.#open.set(id, { asker, request, missing: new Set(workers), figures: [], timer });
    for (const worker of workers) tell(worker, { tells: 'wants-figures', request: id });
  }

  add(worker: Worker, id: number, figures: Figures): void {
    const gathered = this.#open.get(id);
    if (gathered?.missing.delete(worker) !== true) return;
    gathered.figures.push(figures);
    if (gathered.missing.size === 0) this.#end(id);
  }

  /** A worker that has ended tells nothing more. */
  forget(worker: Worker): void {
    for (const [id, { missing }] of this.#open) if (missing.delete(worker) && missing.size === 0) this.#end(id);
  }

  #end(id: number): void {
    const gathered = this.#open.get(id);
    if (gathered === undefined) return;
    this.#open.delete(id);
    clearTimeout(gathered.timer);
    const { asker, request, figures } = gathered;
    const merged = mergedText(figures).catch(() => '');
    void merged.then((text) => tell(asker, { tells: 'figures', request, text }));
  }
}
