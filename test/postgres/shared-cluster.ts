import { after } from 'node:test';
import { type Cluster, startCluster } from './cluster.ts';

let shared: Promise<Cluster> | undefined;

/**
 * The cluster that the tests of one file share, each with databases of its own; it is stopped after the last one.
 * What is no test file starts its own with `startCluster`.
 */
export function sharedCluster(): Promise<Cluster> {
  shared ??= startCluster();
  return shared;
}

// Here and not where it starts: inside a test it would be stopped after that test.
after(async () => (await shared)?.stop());
