import type { Unit } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import type { UserKey } from '#core/user.ts';

const path = 'email.address';

/** Which folded address a unit takes from its user, and which it gives to it. */
export function movedEmail({ user, change }: Unit): {
  readonly user: UserKey;
  readonly dropped?: string;
  readonly added?: string;
} {
  if (user === undefined) return nothing;
  const { key, fields } = user.after;
  const moved = change?.changes?.[path];
  if (moved === undefined) return nothing;
  const after = fields[path];
  return {
    user: key,
    ...(typeof moved.before === 'string' ? { dropped: foldText(moved.before) } : {}),
    ...(after === undefined ? {} : { added: foldText(after) }),
  };
}

const nothing = { user: 0 } as const;
