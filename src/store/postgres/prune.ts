import { remainsKeptMs } from '#core/erasure.ts';
import { type Instant, later } from '#core/instant.ts';
import { messagesKeptMs } from '#core/message.ts';
import { codeRememberedMs } from '#core/policies/code-rules.ts';
import type { ConnectionPool } from './connections.ts';
import { erase } from './erasure.ts';

/** So that no statement takes long. */
const rowsAtOnce = 500;

const expired = (table: string, key: string) =>
  `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE expires_at < $1 LIMIT ${rowsAtOnce})`;
const messages = `DELETE FROM messages WHERE id IN
  (SELECT id FROM messages WHERE created_at < $1 LIMIT ${rowsAtOnce})`;
const older = (table: string, interval: string) =>
  `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM ${table} WHERE at < now() - interval '${interval}' LIMIT ${rowsAtOnce}))`;

/** With the time of the directory, and with the database's own. */
const statements = [
  ...[expired('tokens', 'hash'), expired('idempotency', 'scope')].map((text) => {
    return (now: Instant) => ({ text, values: [now] });
  }),
  (now: Instant) => ({ text: expired('secrets', '"user", name'), values: [later(now, -codeRememberedMs)] }),
  (now: Instant) => ({ text: messages, values: [later(now, -messagesKeptMs)] }),
  ...[older('revocations', '1 hour'), older('batches', '1 hour')].map((text) => () => ({ text, values: [] })),
];

/** Drops what has expired, a bounded number of rows at a time. */
export async function prune(connections: ConnectionPool, now: Instant): Promise<void> {
  for (const statement of statements) {
    for (let dropped = rowsAtOnce; dropped === rowsAtOnce; ) {
      const answer = await connections.ask(statement(now), pruneMs);
      dropped = answer?.rowCount ?? 0;
    }
  }
  await erase(connections, later(now, -remainsKeptMs), pruneMs);
}

const pruneMs = 30_000;
