import { StoreOpenError } from '#store/errors.ts';
import { sqliteCode } from './failure.ts';

const readOnly = 'is read-only: Muster must be able to write to it and to its folder';
const reasons: Readonly<Record<number, string>> = {
  5: 'is locked by another program',
  6: 'is locked by another program',
  8: readOnly,
  10: 'cannot be read or written: the disk reports an error',
  11: 'is damaged: restore it from a backup',
  13: 'cannot be written: the disk is full',
  14: 'cannot be opened: check the path and its permissions',
  26: 'is no SQLite database, or is damaged',
};

/**
 * The line for what SQLite or the file system said about the database at `path`; any other error is a bug and stays.
 */
export function openError(path: string, cause: unknown): unknown {
  const [code, errno] = [sqliteCode(cause), cause instanceof Error ? Reflect.get(cause, 'errno') : undefined];
  if (cause instanceof StoreOpenError || (code === undefined && errno === undefined)) return cause;
  const reason = reasons[code ?? 0] ?? fileReasons[String(Reflect.get(Object(cause), 'code'))];
  const text = cause instanceof Error ? cause.message : String(cause);
  return new StoreOpenError(`The database ${path} ${reason ?? `cannot be opened: ${text}`}.`, { cause });
}

const fileReasons: Readonly<Record<string, string>> = {
  EACCES: 'cannot be opened: permission to read and write it and its folder is missing',
  EPERM: 'cannot be opened: permission to read and write it and its folder is missing',
  EROFS: readOnly,
  ENOSPC: 'cannot be written: the disk is full',
  EISDIR: 'is a folder: name a file in it',
  EEXIST: 'cannot be opened: a part of its path is a file, not a folder',
  ENOTDIR: 'cannot be opened: a part of its path is a file, not a folder',
};
