import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '#bench/bench.ts';
import type { Load } from '#bench/load/load.ts';
import { NotAvailable } from '#bench/not-available.ts';

/** Another program that does what is as near as it comes to an update of a user. */
export interface Peer {
  readonly name: string;
  readonly does: string;
  /** With as many users as Muster has; rejects with NotAvailable. It ends when the benchmark cleans up. */
  start(bench: Bench): Promise<StartedPeer>;
}

export interface StartedPeer {
  /** As many as serve it best. */
  readonly clients: number;
  load(): Promise<Load>;
}

const packages = join(import.meta.dirname, '../peers');

/** The path of a program that needs the peers' own packages, one of which is this. */
export function peerProgram(name: string, needed: string): string {
  if (!existsSync(join(packages, 'node_modules', needed)))
    throw new NotAvailable(`${needed} is not installed: npm ci --prefix bench/peers`);
  return join(packages, name);
}
