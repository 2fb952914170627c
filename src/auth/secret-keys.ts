import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, format, parse } from 'node:path';
import { DirectoryError } from '#core/errors.ts';
import type { Random } from '#core/ports.ts';

const keyBytes = 32;

/**
 * Reads the directory's secret keys: base64 of 32 bytes each, separated by commas; the first one seals, all open.
 * Answers undefined when it is anything else.
 */
export function parseSecretKeys(text: string): Uint8Array[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^[A-Za-z0-9+/_-]{43}=?$/.test(part))) return undefined;
  const keys = parts.map((part) => Buffer.from(part, 'base64'));
  return keys.every((key) => key.length === keyBytes) ? keys : undefined;
}

/** Where the key of an embedded database is kept: `data/muster.key` for `data/muster.db`. */
export function keyFileOf(database: string): string {
  const { dir, name } = parse(database);
  return format({ dir, name, ext: '.key' });
}

/**
 * The keys beside an embedded database. For a new database one is made, readable by its owner alone and on the disk
 * when this returns. A database without its key is refused: what was sealed in it could never be opened again.
 */
export function keysBeside(database: string, random: Pick<Random, 'bytes'>): Uint8Array[] {
  const path = keyFileOf(database);
  if (!existsSync(path)) {
    if (existsSync(database)) {
      throw unusable(`${database} is there but its key ${path} is not: put it back, or give it as MUSTER_SECRET_KEY.`);
    }
    orUnusable(`The key ${path} cannot be written`, () => writeKey(path, random.bytes(keyBytes)));
  }
  const keys = parseSecretKeys(orUnusable(`The key ${path} cannot be read`, () => readFileSync(path, 'utf8').trim()));
  if (keys === undefined) throw unusable(`${path} holds no key: it must be base64 of ${keyBytes} bytes.`);
  return keys;
}

function writeKey(path: string, key: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Whole or not at all: a key file cut short would keep its database from ever being opened.
  const unfinished = `${path}.${process.pid}`;
  const file = openSync(unfinished, 'w', 0o600);
  writeSync(file, `${Buffer.from(key).toString('base64')}\n`);
  fsyncSync(file);
  closeSync(file);
  // A key that another start has made meanwhile stays: it may have sealed something already.
  linkUnlessThere(unfinished, path);
  unlinkSync(unfinished);
  // Windows cannot sync a folder, and does not need to.
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function orUnusable<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw unusable(`${what}: ${(error as Error).message}.`, error);
  }
}

function unusable(message: string, cause?: unknown): DirectoryError {
  return new DirectoryError('failed_precondition', message, { reason: 'store_unavailable', cause });
}
