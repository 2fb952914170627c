import { DatabaseError } from 'pg';
import { DirectoryError } from '#core/errors.ts';
import { storeFull, storeUnavailable, UnstorableError } from '#store/errors.ts';

/** A connection is there no more, or not in time; what was asked through it may have happened. */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost';
}

/** Nobody has answered in time: another connection would most likely be kept waiting as well. */
export class NoAnswer extends ConnectionLost {
  override readonly name = 'NoAnswer';
}

/** It was lost before anything was done that stands, or ever will: it may be done again through another one. */
export class NothingDone extends ConnectionLost {
  override readonly name = 'NothingDone';
}

/** What is to be thrown of an error that came before anything was done, through a connection that had been used before. */
export function beforeAnything(error: unknown): unknown {
  if (!endsConnection(error) || error instanceof NoAnswer) return error;
  return new NothingDone((error as Error).message, { cause: error });
}

/** Data exceptions and constraints: the unit is to blame, not the server. */
const ofData = /^(22|23)/;
/** Serialization failures and deadlocks: the transaction has left no trace and may be repeated. */
const ofOthers = ['40001', '40P01'];
const full = '53100';
/** No server that takes writes, or none any more: shut down, crashed, starting, in recovery, too many connections. */
const away = /^(08|57|53|25006|25P0|55P03|28|3D000)/;

/** The SQLSTATE of an error of PostgreSQL's. */
export function stateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

export function mayBeRepeated(error: unknown): boolean {
  return ofOthers.includes(stateOf(error) ?? '');
}

/** Whether a row was there already. */
export function isTaken(error: unknown): boolean {
  return stateOf(error) === '23505';
}

/** Whether it took longer than it might. */
export function isTooSlow(error: unknown): boolean {
  return stateOf(error) === '57014';
}

/**
 * Whether the connection that said so is of no use any more: it, or its server, is going away, or what was prepared in it
 * is not there, or does not fit the tables any more.
 */
export function endsConnection(error: unknown): boolean {
  if (error instanceof DatabaseError && error.routine === 'RevalidateCachedQuery') return true;
  return error instanceof ConnectionLost || /^(08|57P|25006|25P03|26000|42P05)/.test(stateOf(error) ?? '');
}

/** The error that the caller of the store gets. */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof DirectoryError || error instanceof UnstorableError) return error;
  if (error instanceof ConnectionLost) return storeUnavailable(error);
  const state = stateOf(error);
  if (state === undefined) return error;
  if (state === full) return storeFull(error);
  if (ofData.test(state)) return new UnstorableError((error as Error).message, { cause: error });
  return away.test(state) || mayBeRepeated(error) ? storeUnavailable(error) : error;
}
