/**
 * Runs work at most `atOnce` at a time, in order of arrival; `waiting` more may queue, and beyond them each is refused
 * at once with what `full` makes. `waiting()` tells how many do.
 */
export function bounded(atOnce: number, waiting: number, full: () => Error) {
  const queue: (() => void)[] = [];
  let running = 0;

  const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw full();
      await new Promise<void>((start) => queue.push(start));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next, so nobody can slip in between.
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
  return { run, waiting: () => queue.length };
}
