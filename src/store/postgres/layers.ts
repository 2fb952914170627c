import type { Unit } from '#core/ports.ts';
import { idKey, recordKey } from '#core/ports.ts';
import { usersOf } from '#core/unit.ts';

/** A unit at its place in the batch. */
export interface Placed {
  readonly index: number;
  readonly unit: Unit;
}

/**
 * Splits a batch into layers, to be written one after the other. Within a layer no two units write the same row, so that
 * each statement can write all of its rows at once; units that do keep their order. Most batches are one layer.
 */
export function layersOf(batch: readonly Placed[]): Placed[][] {
  const layers: Placed[][] = [];
  /** What is written -> the first layer that may write it again. */
  const next = new Map<string, number>();
  for (const placed of batch) {
    const rows = rowsOf(placed.unit);
    const layer = rows.reduce((latest, row) => Math.max(latest, next.get(row) ?? 0), 0);
    for (const row of rows) next.set(row, layer + 1);
    const layered = layers[layer] ?? [];
    layered.push(placed);
    layers[layer] = layered;
  }
  return layers;
}

/** All that a unit writes. What hangs on a user is the user's. */
function rowsOf(unit: Unit): string[] {
  const rows = [...usersOf(unit)].map((user) => `user ${user}`);
  const { user, realm, idempotency, dropTokensOfClient: client } = unit;
  if (user?.before === 0)
    for (const [dialect, id] of Object.entries(user.after.ids)) rows.push(`id ${idKey(dialect, id)}`);
  if (realm) rows.push('realm');
  for (const key of unit.removeNames ?? []) rows.push(`name ${key}`);
  for (const { key } of unit.addNames ?? []) rows.push(`name ${key}`);
  for (const hash of unit.dropTokens ?? []) rows.push(`token ${hash}`);
  for (const token of unit.putTokens ?? []) rows.push(`token ${token.hash}`, `client ${token.dialect} ${token.client}`);
  for (const { id } of unit.putMessages ?? []) rows.push(`message ${id}`);
  for (const record of [...(unit.putRecords ?? []), ...(unit.dropRecords ?? [])])
    rows.push(`record ${recordKey(record)}`);
  if (idempotency) rows.push(`idempotency ${idempotency.scope}`);
  if (client) rows.push(`client ${client.dialect} ${client.client}`);
  return rows;
}
