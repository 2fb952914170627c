import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { help, type Options, readOptions } from './options.ts';
import { findProgram } from './programs.ts';
import { chartOf, groupsOf } from './report/chart.ts';
import { documentOf, terminalText } from './report/document.ts';
import { run } from './run.ts';
import { Cluster } from './stores/cluster.ts';

const options = understood(process.argv.slice(2));
if ((await findProgram('wrk')) === undefined) {
  process.stderr.write('The benchmark needs wrk: apt-get install wrk\n');
  process.exit(1);
}
await using cleanUp = new AsyncDisposableStack();
const brokenOff = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => reject(new Error(`The benchmark has been broken off by ${signal}.`)));
});
// Databases run as somebody else, who has to find his way through.
const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
await chmod(folder, 0o711);
cleanUp.defer(() => rm(folder, { recursive: true, force: true }));

let cluster: Promise<Cluster> | undefined;
const startCluster = () => {
  cluster ??= Cluster.start(folder, cleanUp);
  return cluster;
};
const running = run({ options, folder, cleanUp, missing: [], cluster: startCluster });
const results = await Promise.race([running, brokenOff]);
process.stdout.write(`${terminalText(results)}\n`);
if (options.write) {
  const docs = join(import.meta.dirname, '../docs');
  await writeFile(join(docs, 'benchmarks.md'), documentOf(results));
  await writeFile(join(docs, 'benchmarks.svg'), chartOf(groupsOf(results)));
}

function understood(args: readonly string[]): Options {
  try {
    const read = readOptions(args);
    if (read !== 'help') return read;
    process.stdout.write(help);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
