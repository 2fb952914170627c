import { nowMs } from '#bench/load/load.ts';
import type { Figure } from '#bench/report/goals.ts';
import { type FilledStore, token } from '#bench/stores/filled-store.ts';

/** Seconds from the start of `muster serve` on a store that is there, to its answer to who a user is. */
export async function measureStart(store: FilledStore, rounds: number): Promise<Figure> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = nowMs();
    const server = await store.serve();
    const answer = await fetch(`${server.origin}/directory/v1/users/2?as=zitadel`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    values.push((nowMs() - startedAt) / 1000);
    await server.stop();
    if (!answer.ok) throw new Error(`The first answer of the server is ${answer.status}.`);
  }
  return { measure: 'start', store: store.kind.name, values };
}

/** Users per second that `muster seed` has taken, from the beginning of the command to its end. */
export function seedFigure({ kind, seedPerSecond }: FilledStore): Figure {
  return { measure: 'seed', store: kind.name, values: [seedPerSecond] };
}
