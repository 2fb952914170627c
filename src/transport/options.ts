import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a caller may ask for besides the request itself, on every HTTP dialect. */
export interface RequestOptions {
  /** The version that the user must stand at; 0, at which none stands, for a tag that was never given. */
  readonly ifVersion?: number;
  readonly idempotencyKey?: string;
  /** Digest of the request as it came, when there is a key: under one key it must be the same. */
  readonly idempotentOver?: string;
  readonly dryRun?: boolean;
}

/** Makes the error for a header that cannot be read; the dialects pass core's `invalidField`. */
export type Refuse = (header: string, message: string) => Error;

/** A request as far as its options go: `body` is a Buffer, undefined when there is none. */
export interface OptionsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** Reads `If-Match`, `Idempotency-Key` and `Muster-Dry-Run`. Throws what `refuse` makes of an unreadable one. */
export function runOptions(request: OptionsRequest, refuse: Refuse): RequestOptions {
  const { headers } = request;
  const ifVersion = readIfMatch(headers['if-match']);
  const idempotencyKey = readIdempotencyKey(headers['idempotency-key'], refuse);
  const dryRun = readDryRun(headers['muster-dry-run'], refuse);
  return {
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey, idempotentOver: digestOf(request) }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

/** The entity tag of a version, as it stands in `ETag`. */
export function etag(version: number): string {
  return `"${version}"`;
}

function digestOf({ method, url, body }: OptionsRequest): string {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from(`${method} ${url}\n`), body instanceof Buffer ? body : Buffer.of()]),
  );
}

/**
 * A version names exactly one state, so the weak form is taken too: proxies that compress weaken the tags they pass.
 * `*` asks for nothing but existence. A list, or any other tag, names no version that a user could stand at.
 */
function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*(?:(?:W\/)?"(\d{1,15})"|(\d{1,15}))\s*$/.exec(header);
  return Number(version?.[1] ?? version?.[2] ?? 0);
}

function readIdempotencyKey(header: string | string[] | undefined, refuse: Refuse): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,200}$/.test(header)) return header;
  throw refuse('Idempotency-Key', 'Idempotency-Key must have 1 to 200 visible ASCII characters.');
}

// A caller who means a dry run and misspells it must not get a real one.
function readDryRun(header: string | string[] | undefined, refuse: Refuse): boolean | undefined {
  if (header === undefined) return undefined;
  const wish = String(header).trim().toLowerCase();
  if (wish === 'true' || wish === 'false') return wish === 'true';
  throw refuse('Muster-Dry-Run', 'Muster-Dry-Run must be true or false.');
}
