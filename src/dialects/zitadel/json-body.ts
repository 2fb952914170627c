import { isUtf8 } from 'node:buffer';
import { DirectoryError } from '#core/errors.ts';
import { depthOf, type Json } from '#core/json.ts';
import type { Operation } from './call.ts';

const usualDepth = 32;

/** How deep the messages of an operation may nest, on every wire. */
export function maxDepthOf(operation: Operation<never> | 'unbuilt'): number {
  return operation === 'unbuilt' ? usualDepth : (operation.maxDepth ?? usualDepth);
}

/** A body as JSON; none is an empty message. Throws `invalid_argument` for what is none, or nests too deep. */
export function parseBody(body: Uint8Array | undefined, maxDepth: number): Json {
  if (body === undefined || body.length === 0) return {};
  if (!isUtf8(body)) throw malformed('The body must be UTF-8.');
  const json = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  if (depthOf(json, maxDepth) > maxDepth) throw malformed(`The body must not nest deeper than ${maxDepth} levels.`);
  return json;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw malformed('The body must be JSON.');
  }
}

export function malformed(message: string, cause?: unknown): DirectoryError {
  return new DirectoryError('invalid_argument', message, { reason: 'body_malformed', cause });
}
