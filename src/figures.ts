import { statSync } from 'node:fs';
import type { RunningDirectory } from '#core/running-directory.ts';
import type { Outbox } from '#outbox/outbox.ts';
import type { Connections } from '#transport/connections.ts';
import type { Metrics } from '#transport/metrics.ts';
import type { SocketServer } from '#transport/web-socket-server.ts';
import type { StoreSetting } from './settings.ts';

/** What has figures of its own, to be read whenever somebody asks for them. */
export interface Measured {
  readonly connections: Connections;
  readonly sockets: SocketServer;
  readonly directory: RunningDirectory;
  readonly outbox: Outbox;
  readonly store: StoreSetting;
  /** How many passwords wait to be hashed. */
  readonly hashing: (() => number) | undefined;
}

export function addFigures(
  metrics: Metrics,
  { connections, sockets, directory, outbox, store, hashing }: Measured,
): void {
  metrics.gauge('muster_connections', 'Connections that are open, WebSockets included.', () => connections.count);
  metrics.counter('muster_connections_refused_total', 'Connections beyond the limits.', () => connections.refusals);
  metrics.gauge('muster_sockets', 'WebSockets that are open.', () => sockets.count);
  metrics.gauge('muster_writer_queue_length', 'Commands that wait to be committed.', () => directory.waiting);
  const { counts } = outbox;
  metrics.gauge('muster_messages_waiting', 'Messages that wait to be delivered.', () => outbox.waiting(), 'max');
  metrics.counter('muster_messages_delivered_total', 'Messages that were delivered.', () => counts.delivered);
  metrics.counter('muster_messages_failed_total', 'Messages that were given up.', () => counts.failed);
  if (hashing) metrics.gauge('muster_hashing_queue_length', 'Passwords that wait to be hashed or checked.', hashing);
  if (store.kind === 'sqlite') {
    metrics.gauge('muster_store_bytes', 'Size of the database and its log.', () => bytesOf(store.path));
  }
}

function bytesOf(path: string): number {
  const sizes = ['', '-wal'].map((end) => statSync(path + end, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}
