import { startCluster } from './cluster.ts';

// Starts a cluster, says where it is, and never ends by itself.
const cluster = await startCluster();
process.stdout.write(`${JSON.stringify({ pid: cluster.pid(), dataFolder: cluster.dataFolder })}\n`);
