import canonicalize from 'canonicalize';
import type { Actor, Via } from './actor.ts';
import type { Outcome, RunOptions } from './directory.ts';
import { DirectoryError } from './errors.ts';
import { type Instant, later } from './instant.ts';
import type { Idempotency, NewIdempotency, Sealer } from './ports.ts';
import { hashToken } from './token.ts';

const keepsForMs = 24 * 3_600_000;

/** What one idempotency key stands for: this caller, this command on this target, this input. */
export interface Replay {
  readonly scope: string;
  /** Keyed digests of the input, under the current key and the former ones. */
  readonly inputs: readonly [string, ...string[]];
  readonly now: Instant;
}

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
  return { scope, inputs: sealer.macs(idempotentOver ?? canonicalize(input) ?? '', `idempotency/${scope}`), now };
}

/** The outcome to tell again, when the key has been used; throws when it was used for something else. */
export function recall(
  { scope, inputs, now }: Replay,
  row: Idempotency | undefined,
  sealer: Sealer,
): Outcome<unknown> | undefined {
  if (row === undefined || row.expiresAt <= now) return undefined;
  if (!inputs.includes(row.input)) {
    throw new DirectoryError('invalid_argument', 'This idempotency key was used for another request.', {
      reason: 'idempotency_key_reused',
      field: 'Idempotency-Key',
    });
  }
  return JSON.parse(sealer.open(row.outcome, purposeOf(scope))) as Outcome<unknown>;
}

/** The row that remembers an outcome. */
export function remember({ scope, inputs, now }: Replay, outcome: Outcome<unknown>, sealer: Sealer): NewIdempotency {
  const sealed = sealer.seal(JSON.stringify(outcome), purposeOf(scope));
  return { scope, input: inputs[0], outcome: sealed, expiresAt: later(now, keepsForMs), now };
}

const purposeOf = (scope: string): string => `outcome/${scope}`;
