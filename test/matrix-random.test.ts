import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Step, steps, take } from './matrix/steps.ts';
import { World } from './matrix/world.ts';
import { embedded, stores, type TestStore } from './stores.ts';

// Random steps through randomly chosen dialects, beside a model of the canonical record: after each step every dialect
// shows what the model says, and history has exactly its change.
//
//   MATRIX_RUNS=5000 npm run test:file test/matrix-random.test.ts    as many runs as wished on every store
//   MATRIX_SEED=1 MATRIX_PATH=2:3                                    what a failure has printed, to repeat it
//   MATRIX_SHRINK=0                                                  tells of a failure at once, as it was found

const { MATRIX_RUNS: runs, MATRIX_SEED: seed, MATRIX_PATH: path, MATRIX_SHRINK: shrink } = process.env;

/** Before the test runner loses patience, so that a failure is told with its seed though it could be shrunk further. */
const patienceMs = 150_000;

/** What each step comes to does not depend on the store, so that the dearer one has fewer. */
const usualRuns = (store: TestStore): number => (store === embedded ? 100 : 20);

const options = {
  endOnFailure: shrink === '0',
  ...(runs === undefined ? { interruptAfterTimeLimit: patienceMs, markInterruptAsFailure: true } : {}),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(path === undefined ? {} : { path }),
};

for (const store of stores) {
  describe(`on ${store.name}`, () => {
    let world: World;
    before(async () => {
      world = await World.start(store);
    });
    after(() => world.close());

    const name = 'random steps through random dialects leave every dialect and the history as the model has them';
    const property = fc.asyncProperty(steps, (run) => follow(world, run));
    const numRuns = Number(runs ?? usualRuns(store));
    test(name, { timeout: 2 ** 31 - 1 }, () => fc.assert(property, { ...options, numRuns }));
  });
}

/** One run, on people of its own. */
async function follow(world: World, run: readonly Step[]): Promise<void> {
  await world.begin();
  try {
    for (const step of run) {
      await take(step, world);
      await world.agree();
    }
    await world.verify();
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`${world.told.join('\n')}\n${why}`);
  }
}
