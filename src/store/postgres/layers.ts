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
 * @param isCareful false: without a look at what is only ever added, where the same row twice fails its statement
 */
export function layersOf(batch: readonly Placed[], isCareful = true): Placed[][] {
  const layers: Placed[][] = [];
  const looksAtAll = isCareful || batch.some(({ unit }) => unit.removeNames?.length);
  const endsClients = batch.some(({ unit }) => unit.dropTokensOfClient);
  /** What is written -> the first layer that may write it again. */
  const next = new Map<string | number, number>();
  for (const placed of batch) {
    const rows = rowsOf(placed.unit, looksAtAll, endsClients);
    const layer = rows.reduce((latest: number, row) => Math.max(latest, next.get(row) ?? 0), 0);
    for (const row of rows) next.set(row, layer + 1);
    const layered = layers[layer] ?? [];
    layered.push(placed);
    layers[layer] = layered;
  }
  return layers;
}

/** All that a unit writes. What hangs on a user is the user's. */
function rowsOf(unit: Unit, looksAtAll: boolean, endsClients: boolean): (string | number)[] {
  const rows: (string | number)[] = [...usersOf(unit)];
  const { realm, idempotency, dropTokensOfClient: client } = unit;
  if (looksAtAll) rows.push(...addedRows(unit));
  if (realm) rows.push('realm');
  for (const hash of unit.dropTokens ?? []) rows.push(`token ${hash}`);
  for (const token of unit.putTokens ?? []) {
    rows.push(`token ${token.hash}`);
    // Tokens of one client have nothing in common but that it may be shut out.
    if (endsClients) rows.push(`client ${token.dialect} ${token.client}`);
  }
  for (const { id } of unit.putMessages ?? []) rows.push(`message ${id}`);
  for (const record of unit.putRecords ?? []) rows.push(`record ${recordKey(record)}`);
  for (const record of unit.dropRecords ?? []) rows.push(`record ${recordKey(record)}`);
  if (idempotency) rows.push(`idempotency ${idempotency.scope}`);
  if (client) rows.push(`client ${client.dialect} ${client.client}`);
  return rows;
}

function addedRows({ user, addNames = [], removeNames = [] }: Unit): string[] {
  const ids = user?.before === 0 ? Object.entries(user.after.ids) : [];
  return [
    ...ids.map(([dialect, id]) => `id ${idKey(dialect, id)}`),
    ...removeNames.map((key) => `name ${key}`),
    ...addNames.map(({ key }) => `name ${key}`),
  ];
}
