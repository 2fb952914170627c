import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createSealer } from '#auth/aes-sealer.ts';
import { elapsedMs } from '#auth/system-clock.ts';
import { systemRandom } from '#auth/system-random.ts';
import { coreCommands } from '#core/commands/index.ts';
import { fieldTableOf } from '#core/extension.ts';
import { extensions } from '#dialects/extensions.ts';
import { answerWrites } from '#store/sqlite/writing.ts';
import { HostedWriter } from './hosted-writer.ts';

/** What the program is given beside what the store asks for. */
export interface ThreadData {
  readonly port: MessagePort;
}

/** What comes first through the port: a database is opened before its keys are asked for. */
export interface Start {
  readonly secretKeys: readonly Uint8Array[];
}

const { port } = workerData as ThreadData;
const commands = [...coreCommands, ...Object.values(extensions).flatMap((extension) => extension.commands ?? [])];

if (parentPort) {
  answerWrites(parentPort, workerData, (store) => {
    port.once('message', ({ secretKeys }: Start) => {
      const ports = { store, table: fieldTableOf(extensions), sealer: createSealer(secretKeys, systemRandom) };
      new HostedWriter(port, ports, { commands, elapsedMs });
    });
  });
}
