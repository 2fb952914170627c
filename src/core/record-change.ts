import { type Change, type Subject, sealChange } from './change.ts';
import type { Context } from './command.ts';
import type { Instant } from './instant.ts';
import type { Changes } from './patch.ts';

/** What a change leaves on its subject's own row. */
export interface Stamp {
  readonly version: number;
  readonly digest: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
}

/** The one change of a command on one subject: the next version, never earlier than the last, bound to it by digest. */
export function recordChange(
  subject: Subject & { readonly realm: number },
  before: Stamp | undefined,
  changes: Changes,
  command: string,
  { actor, via, now }: Context,
  salt: string,
): { stamp: Stamp; change: Change } {
  const at = before !== undefined && before.changedAt > now ? before.changedAt : now;
  const { realm, kind, key } = subject;
  const change = sealChange({
    schema: 1,
    realm,
    subject: { kind, key },
    version: (before?.version ?? 0) + 1,
    at,
    actor: { kind: actor.kind, id: actor.id, username: actor.username },
    via: via.dialect,
    command,
    ...(via.request === undefined ? {} : { request: via.request }),
    ...(via.address === undefined ? {} : { address: via.address }),
    previous: before?.digest ?? '',
    changes,
    salt,
  });
  const { version, digest } = change;
  return { stamp: { version, digest, createdAt: before?.createdAt ?? at, changedAt: at }, change };
}
