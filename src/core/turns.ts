/** Lets work of the same name be done one after the other, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
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

  #after<Result>(before: Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const begin = (): Promise<Result> => {
      this.#waiting -= 1;
      return work();
    };
    return before.then(begin, begin);
  }
}
