import type { Change } from '#core/change.ts';
import type { JsonObject } from '#core/json.ts';
import type { Positioned } from '#core/ports.ts';

/** One change of a user; without `changes` when the person has been erased. */
export function encodeChange(change: Positioned<Change>): JsonObject {
  const { position, version, at, actor, via, command, request, address, changes } = change;
  return {
    position,
    version,
    at,
    actor,
    via,
    command,
    ...(request === undefined ? {} : { request }),
    ...(address === undefined ? {} : { address }),
    ...(changes === undefined ? {} : { changes }),
  };
}
