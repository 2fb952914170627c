import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Step, steps, take } from './matrix/steps.ts';
import { World } from './matrix/world.ts';

// Random steps through randomly chosen dialects, beside a model of the canonical record: after each step every dialect
// shows what the model says, and history has exactly its change.
//
//   MATRIX_RUNS=5000 npm run test:file test/matrix-random.test.ts    as many runs as wished; 100 unless said
//   MATRIX_SEED=1 MATRIX_PATH=2:3                                    what a failure has printed, to repeat it
//   MATRIX_SHRINK=0                                                  tells of a failure at once, as it was found

const { MATRIX_RUNS: runs, MATRIX_SEED: seed, MATRIX_PATH: path, MATRIX_SHRINK: shrink } = process.env;

/** Before the test runner loses patience, so that a failure is told with its seed though it could be shrunk further. */
const patienceMs = 150_000;

let world: World;
before(async () => {
  world = await World.start();
});
after(() => world.close());

const options = {
  numRuns: Number(runs ?? 100),
  endOnFailure: shrink === '0',
  ...(runs === undefined ? { interruptAfterTimeLimit: patienceMs, markInterruptAsFailure: true } : {}),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(path === undefined ? {} : { path }),
};

const name = 'random steps through random dialects leave every dialect and the history as the model has them';
test(name, { timeout: 2 ** 31 - 1 }, () => fc.assert(fc.asyncProperty(steps, follow), options));

/** One run, on people of its own. */
async function follow(run: readonly Step[]): Promise<void> {
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
