import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Commit } from '#core/directory.ts';
import { RemoteWriter, type RemoteWriterOptions } from './remote-writer.ts';
import type { Start, ThreadData } from './thread.ts';

/** The writer's place in the thread in which the embedded store writes. */
export class WriterThread {
  readonly #port: MessagePort;
  /** What the store starts its thread with. */
  readonly writing: { readonly program: URL; readonly data: ThreadData; readonly transfer: readonly [MessagePort] };

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.writing = { program: new URL('./thread.ts', import.meta.url), data: { port: port2 }, transfer: [port2] };
  }

  /** Starts the writer, once the store has been opened. */
  start(
    secretKeys: readonly Uint8Array[],
    onCommit: (commit: Commit) => void,
    options: RemoteWriterOptions,
  ): RemoteWriter {
    this.#port.postMessage({ secretKeys } satisfies Start);
    return new RemoteWriter(this.#port, onCommit, options);
  }
}
