/** Lets work of the same name be done one after the other, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #held = new Map<string, Promise<void>>();
  #waiting = 0;

  /** How much waits for what was asked for before. */
  get waiting(): number {
    return this.#waiting;
  }

  take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(name);
    const done = before === undefined ? work() : this.#after(before, work);
    this.#last.set(name, done);
    const forget = (): void => {
      if (this.#last.get(name) === done) this.#last.delete(name);
    };
    done.then(forget, forget);
    return done;
  }

  /** Keeps those who ask whether this is free waiting, until what this answers is called. */
  hold(name: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(name, promise);
    return () => {
      if (this.#held.get(name) === promise) this.#held.delete(name);
      resolve();
    };
  }

  /** Resolves when nobody holds it; at once, without a promise, when nobody holds anything. */
  free(name: string): Promise<void> | undefined {
    return this.#held.size === 0 ? undefined : this.#held.get(name);
  }

  #after<Result>(before: Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const begin = (): Promise<Result> => {
      this.#waiting -= 1;
      return work();
    };
    return before.then(begin, begin);
  }
}
