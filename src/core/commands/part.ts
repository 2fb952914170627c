import type { Writes } from '#core/command.ts';
import type { DirectoryError } from '#core/errors.ts';
import type { FieldPath } from '#core/fields.ts';
import { type Instant, later } from '#core/instant.ts';
import type { MetadataPatch } from '#core/metadata.ts';
import type { UserPatch } from '#core/patch.ts';
import type { Random } from '#core/ports.ts';
import type { IssuedCodes } from './user-input.ts';

/** What one part of a command decides; a command is the sum of its parts. */
export interface Part {
  readonly patch?: UserPatch;
  readonly metadata?: MetadataPatch;
  readonly writes?: Writes;
  readonly codes?: IssuedCodes;
  readonly vouchesFor?: readonly FieldPath[];
  /** Refuses the whole command: only this part's patch and writes stay. */
  readonly refusal?: DirectoryError;
}

type Sum = Required<Omit<Part, 'refusal' | 'metadata'>> & { readonly metadata: MetadataPatch | undefined };

/** The sum of parts that do not refuse. Later patches win; no two parts write the same thing otherwise. */
export function sumOf(parts: readonly Part[]): Sum {
  const [patch, codes]: [UserPatch, IssuedCodes] = [{}, {}];
  const sum: { [Name in keyof Writes]: Writes[Name] } = {};
  const vouchesFor: FieldPath[] = [];
  let metadata: MetadataPatch | undefined;
  for (const part of parts) {
    Object.assign(patch, part.patch);
    metadata ??= part.metadata;
    if (part.codes) Object.assign(codes, part.codes);
    if (part.vouchesFor) vouchesFor.push(...part.vouchesFor);
    for (const [name, value] of part.writes ? Object.entries(part.writes) : []) {
      const present = Reflect.get(sum, name);
      Reflect.set(sum, name, Array.isArray(present) && Array.isArray(value) ? [...present, ...value] : value);
    }
  }
  return { patch, metadata, writes: sum, codes, vouchesFor };
}

/** When a secret was set anew: never the same moment as before, so that setting one always shows as a change. */
export function setAfter(previous: Instant | undefined, now: Instant): Instant {
  return previous !== undefined && previous >= now ? later(previous, 1) : now;
}

/** The revision of a secret that can be dropped and set again: never used before, whatever has been in between. */
export function freshRevision(random: Random): number {
  return 1 + Buffer.from(random.bytes(6)).readUIntBE(0, 6);
}
