import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageClaim, MessageSettlement } from '#core/message.ts';
import type { Row } from '#store/rows.ts';
import { messageColumns } from './columns.ts';

/** Delivering messages: claims them, and ends their claims. */
export class Deliveries {
  readonly #free: StatementSync;
  readonly #claim: StatementSync;
  readonly #settle: StatementSync;
  #hasFreed = false;

  constructor(db: DatabaseSync) {
    this.#free = db.prepare(
      "UPDATE messages SET claim = NULL, next_at = created_at WHERE state = 'waiting' AND claim IS NOT NULL",
    );
    this.#claim = db.prepare(
      `UPDATE messages SET claim = ?1, next_at = ?2, attempts = attempts + 1
        WHERE number IN (SELECT number FROM messages m WHERE state = 'waiting' AND channel = ?3 AND next_at <= ?4
            AND NOT EXISTS (SELECT 1 FROM messages earlier WHERE earlier.user = m.user AND earlier.channel = m.channel
              AND earlier.state = 'waiting' AND earlier.number < m.number)
          ORDER BY next_at, number LIMIT ?5)
        RETURNING ${messageColumns}`,
    );
    this.#settle = db.prepare(
      `UPDATE messages SET state = ?3, next_at = coalesce(?4, next_at), last_error = coalesce(?5, last_error),
          sealed = iif(?3 = 'waiting', sealed, ''), claim = NULL
        WHERE id = ?1 AND claim = ?2`,
    );
  }

  claim({ claim, until, channel, now, limit }: MessageClaim): Row[] {
    // One process alone has the database open, so whoever had claimed anything before the first time is gone.
    if (!this.#hasFreed) this.#free.run();
    this.#hasFreed = true;
    return this.#claim.all(claim, until, channel, now, limit);
  }

  /** Whether the claim has held until now. */
  settle({ id, claim, outcome }: MessageSettlement): boolean {
    const nextAttemptAt = 'nextAttemptAt' in outcome ? outcome.nextAttemptAt : null;
    const lastError = 'lastError' in outcome ? (outcome.lastError ?? null) : null;
    return this.#settle.run(id, claim, outcome.state, nextAttemptAt, lastError).changes === 1;
  }
}
