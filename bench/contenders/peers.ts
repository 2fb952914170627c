import type { Bench } from '#bench/bench.ts';
import { ifAvailable } from '#bench/not-available.ts';
import { betterAuth } from './better-auth.ts';
import { type Contender, progress } from './compare.ts';
import type { Peer, StartedPeer } from './peer.ts';
import { pgbench } from './pgbench.ts';
import { slapd } from './slapd.ts';

export const peers: readonly Peer[] = [pgbench, slapd, betterAuth];

/** A peer that takes its turns. */
export interface TakingPart extends Contender, StartedPeer {
  readonly does: string;
}

/** Those peers that this machine has, each with as many clients as serve it best. */
export async function startPeers(bench: Bench): Promise<TakingPart[]> {
  const started: TakingPart[] = [];
  for (const { name, does, start } of peers) {
    progress(`${name} is being prepared`);
    const peer = await ifAvailable(name, bench.missing, () => start(bench));
    if (peer !== undefined) started.push({ name, does, ...peer });
  }
  return started;
}
