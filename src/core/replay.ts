import canonicalize from 'canonicalize';
import type { Actor, Via } from './actor.ts';
import type { Outcome, RunOptions } from './directory.ts';
import { DirectoryError } from './errors.ts';
import { type Instant, later } from './instant.ts';
import type { Idempotency, Sealer } from './ports.ts';
import { hashToken } from './token.ts';
import type { Replay } from './writer.ts';

const keepsForMs = 24 * 3_600_000;

/** What one idempotency key stands for: this caller, this command on this target, this input. */
export function replayOf(
  { idempotencyKey, idempotentOver }: RunOptions,
  command: string,
  input: unknown,
  actor: Actor,
  via: Via,
  now: Instant,
  sealer: Sealer,
): Replay | undefined {
  if (idempotencyKey === undefined) return undefined;
  const target = (input as { user?: number }).user ?? '';
  // A token that is limited is not told what one without its limits has come to.
  const limits = actor.token?.permissions ?? [];
  const scope = hashToken(JSON.stringify([actor.id, via.dialect, command, target, idempotencyKey, ...limits]));
  const macs = sealer.macs(idempotentOver ?? canonicalize(input) ?? '', `idempotency/${scope}`);
  const purpose = `outcome/${scope}`;
  return {
    scope,
    recall(row: Idempotency | undefined) {
      if (row === undefined || row.expiresAt <= now) return undefined;
      if (!macs.includes(row.input)) {
        throw new DirectoryError('invalid_argument', 'This idempotency key was used for another request.', {
          reason: 'idempotency_key_reused',
          field: 'Idempotency-Key',
        });
      }
      return JSON.parse(sealer.open(row.outcome, purpose)) as Outcome<unknown>;
    },
    remember: (outcome) => ({
      scope,
      input: macs[0],
      outcome: sealer.seal(JSON.stringify(outcome), purpose),
      expiresAt: later(now, keepsForMs),
    }),
  };
}
