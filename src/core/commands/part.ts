import type { Writes } from '#core/command.ts';
import type { DirectoryError } from '#core/errors.ts';
import type { FieldPath } from '#core/fields.ts';
import { type Instant, later } from '#core/instant.ts';
import type { UserPatch } from '#core/patch.ts';
import type { IssuedCodes } from './user-input.ts';

/** What one part of a command decides; a command is the sum of its parts. */
export interface Part {
  readonly patch?: UserPatch;
  readonly writes?: Writes;
  readonly codes?: IssuedCodes;
  readonly vouchesFor?: readonly FieldPath[];
  /** Refuses the whole command: only this part's patch and writes stay. */
  readonly refusal?: DirectoryError;
}

/** The sum of parts that do not refuse. Later patches win; no two parts write the same thing otherwise. */
export function sumOf(parts: readonly Part[]): Required<Omit<Part, 'refusal'>> {
  const sum: { [Name in keyof Writes]: Writes[Name] } = {};
  for (const { writes = {} } of parts) {
    for (const [name, value] of Object.entries(writes)) {
      const present = Reflect.get(sum, name);
      Reflect.set(sum, name, Array.isArray(present) && Array.isArray(value) ? [...present, ...value] : value);
    }
  }
  return {
    patch: Object.assign({}, ...parts.map(({ patch }) => patch)),
    writes: sum,
    codes: Object.assign({}, ...parts.map(({ codes }) => codes)),
    vouchesFor: parts.flatMap(({ vouchesFor }) => vouchesFor ?? []),
  };
}

/** When a secret was set anew: never the same moment as before, so that setting one always shows as a change. */
export function setAfter(previous: Instant | undefined, now: Instant): Instant {
  return previous !== undefined && previous >= now ? later(previous, 1) : now;
}
