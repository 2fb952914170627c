import { erasedFields } from '#core/erasure.ts';
import type { Instant } from '#core/instant.ts';
import { foldText } from '#core/searched-text.ts';
import { bigints, texts } from './arrays.ts';
import type { ConnectionPool } from './connections.ts';

const usersAtOnce = 100;

const dueSql = `SELECT key, fields FROM users
  WHERE state = 'deleted' AND NOT erased AND changed_at COLLATE "C" < $1 ORDER BY key LIMIT ${usersAtOnce}`;

const eraseSql = `WITH erased AS (
    UPDATE users SET fields = $2, username = '', login_names = NULL, administers = NULL, last_login_at = NULL,
      failed_attempts = 0, revision = revision + 1, erased = true
    WHERE key = ANY($1::bigint[]) AND state = 'deleted' RETURNING key
  ), addresses AS (
    DELETE FROM emails e USING unnest($3::text[], $4::bigint[]) AS d(key, "user")
    WHERE e.key = d.key AND e."user" = d."user"
  ), passwords AS (
    DELETE FROM secrets s USING erased WHERE s."user" = erased.key
  )
  UPDATE changes c SET salt = NULL, "values" = NULL FROM erased WHERE c.subject_kind = 0 AND c.subject = erased.key`;

/** Erases what deleted users have left, some at a time. */
export async function erase(connections: ConnectionPool, deletedBefore: Instant, timeMs: number): Promise<void> {
  for (let found = usersAtOnce; found === usersAtOnce; ) {
    const due = await connections.ask({ text: dueSql, values: [deletedBefore] }, timeMs);
    const users = (due?.rows ?? []).map((row) => ({
      key: row['key'] as number,
      address: JSON.parse(row['fields'] as string)['email.address'] as string | undefined,
    }));
    found = users.length;
    if (found === 0) return;
    const holders = users.filter(({ address }) => address !== undefined);
    const values = [
      bigints(users.map(({ key }) => key)),
      JSON.stringify(erasedFields),
      texts(holders.map(({ address = '' }) => foldText(address))),
      bigints(holders.map(({ key }) => key)),
    ];
    await connections.ask({ text: eraseSql, values }, timeMs);
  }
}
