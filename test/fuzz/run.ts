import fc from 'fast-check';
import { type Case, casesFor } from './cases.ts';
import { Hang } from './connection.ts';
import { Lane } from './lane.ts';
import type { FuzzedServer } from './server.ts';
import type { Tally } from './tally.ts';

/** How many requests are on their way at once. */
const lanes = 32;
const maxParts = 100;
/** What making a failing request smaller may cost: one for each time that it fails, more where it takes its time. */
const shrinkBudget = 300;
const costOfHang = 150;

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
  const crowd = Array.from({ length: lanes }, () => new Lane(server, tally));
  const failures: string[] = [];
  const isOver = (): boolean => failures.length > 0 || server.faults.length > 0;
  const work = crowd.map(async (lane, index) => {
    const outcome = await fc.check(shrinking(cases, lane, server, isOver), {
      seed: ((seed * maxParts + part) * lanes + index) | 0,
      numRuns: Math.ceil(requests / lanes),
    });
    if (outcome.failed) failures.push((outcome.errorInstance as Error).message);
    if (!server.hasEnded) lane.close();
  });
  await Promise.all(work);
  if (!isOver()) return;
  const sent = crowd.map((lane) => lane.sending.slice(0, 200)).join('\n');
  const complaint = server.hasEnded ? `${server.faults[0]}\n\nOne of these did it:\n${sent}` : server.faults[0];
  throw new Error(`FUZZ_SEED=${seed}: ${[failures[0], complaint].filter((text) => text !== undefined).join('\n\n')}`);
}

/** Sends a case after the other until one fails anywhere, and that one again, smaller, until it costs too much. */
function shrinking(
  cases: fc.Arbitrary<Case>,
  lane: Lane,
  server: FuzzedServer,
  isOver: () => boolean,
): fc.IAsyncProperty<[Case]> {
  let spent = 0;
  return fc.asyncProperty(cases, async (one) => {
    if (spent > shrinkBudget || (spent === 0 && isOver())) return;
    try {
      await lane.send(one);
    } catch (error) {
      const isHang = (error as Error).cause instanceof Hang;
      spent += isHang ? costOfHang : 1;
      if (isHang) await server.stopIfStuck();
      throw error;
    }
  });
}
