import type { Message, MessageClaim, MessageSettlement } from '#core/message.ts';
import { decodeMessage } from '#store/rows.ts';
import { messageColumns } from './columns.ts';
import type { ConnectionPool } from './connections.ts';

/** Who comes second passes over what the first one is about to claim, and then finds it claimed. */
const claimSql = `WITH due AS (
    SELECT id FROM messages m WHERE state = 'waiting' AND channel = $3 AND next_at <= $4
      AND NOT EXISTS (SELECT FROM messages earlier WHERE earlier."user" = m."user" AND earlier.channel = m.channel
        AND earlier.state = 'waiting' AND earlier.number < m.number)
    ORDER BY next_at, number LIMIT $5 FOR UPDATE SKIP LOCKED
  )
  UPDATE messages m SET claim = $1, next_at = $2, attempts = attempts + 1 FROM due WHERE m.id = due.id
  RETURNING ${messageColumns}`;

const settleSql = `UPDATE messages SET state = $3, next_at = coalesce($4, next_at), last_error = coalesce($5, last_error),
    sealed = CASE WHEN $3 = 'waiting' THEN sealed ELSE '' END, claim = NULL
  WHERE id = $1 AND claim = $2`;

const countSql = "SELECT count(*) AS waiting FROM messages WHERE state = 'waiting'";

/** Delivering messages: claims them, and ends their claims. */
export class Deliveries {
  readonly #connections: ConnectionPool;

  constructor(connections: ConnectionPool) {
    this.#connections = connections;
  }

  /** Where a connection is lost before its answer has come, what it has claimed waits until that claim ends. */
  async claim({ claim, until, channel, now, limit }: MessageClaim): Promise<Message[]> {
    const answer = await this.#connections.ask({ text: claimSql, values: [claim, until, channel, now, limit] });
    return (answer?.rows ?? []).map(decodeMessage);
  }

  /** Whether the claim has held until now. */
  async settle({ id, claim, outcome }: MessageSettlement): Promise<boolean> {
    const nextAttemptAt = 'nextAttemptAt' in outcome ? outcome.nextAttemptAt : null;
    const lastError = 'lastError' in outcome ? (outcome.lastError ?? null) : null;
    const values = [id, claim, outcome.state, nextAttemptAt, lastError];
    const answer = await this.#connections.ask({ text: settleSql, values });
    return answer?.rowCount === 1;
  }

  async countWaiting(): Promise<number> {
    const answer = await this.#connections.ask({ text: countSql });
    return answer?.rows[0]?.['waiting'] as number;
  }
}
