import fc from 'fast-check';
import { casesFor } from './cases.ts';
import { Lane } from './lane.ts';
import type { FuzzedServer } from './server.ts';
import type { Tally } from './tally.ts';

/** How many requests are on their way at once. */
const lanes = 32;
const maxParts = 100;
/** How often a failing request is sent again, made smaller. */
const maxShrinks = 300;

export interface Run {
  readonly seed: number;
  /** Which part of the whole run this is: each sends something else. */
  readonly part: number;
  readonly requests: number;
  readonly tally: Tally;
}

/** Sends so many requests to the server. Rejects with the first failure, as small as it gets. */
export async function fuzz(server: FuzzedServer, { seed, part, requests, tally }: Run): Promise<void> {
  const cases = casesFor(server);
  const found: { failure: string | undefined } = { failure: undefined };
  const work = Array.from({ length: lanes }, async (_, index) => {
    const lane = new Lane(server, tally);
    let failures = 0;
    const property = fc.asyncProperty(cases, async (one) => {
      if (found.failure !== undefined || failures > maxShrinks || (failures === 0 && server.faults.length > 0)) return;
      try {
        await lane.send(one);
      } catch (error) {
        failures += 1;
        throw error;
      }
    });
    const outcome = await fc.check(property, {
      seed: ((seed * maxParts + part) * lanes + index) | 0,
      numRuns: Math.ceil(requests / lanes),
    });
    lane.close();
    if (outcome.failed) found.failure ??= (outcome.errorInstance as Error).message;
  });
  await Promise.all(work);
  // What the server itself complains of; the lane whose request it was says more, if its answer showed it.
  found.failure ??= server.faults[0];
  if (found.failure !== undefined) throw new Error(`FUZZ_SEED=${seed}: ${found.failure}`);
}
