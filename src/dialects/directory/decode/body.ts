import { DirectoryError } from '#core/errors.ts';
import { depthOf, isJsonObject, type JsonObject } from '#core/json.ts';

const maxDepth = 32;
const mediaTypes = ['application/json', 'application/merge-patch+json'];

/** Reads a request's body as a JSON object. Its keys are plain data, `__proto__` included. */
export function decodeBody(body: unknown, contentType: string | undefined): JsonObject {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== undefined && !mediaTypes.includes(mediaType)) {
    throw new DirectoryError('invalid_argument', `The body must be ${mediaTypes.join(' or ')}.`, {
      reason: 'media_type_unsupported',
    });
  }
  const content = Buffer.isBuffer(body) ? parse(body) : undefined;
  if (!isJsonObject(content)) throw malformed('The body must be a JSON object.');
  if (depthOf(content, maxDepth) > maxDepth) throw malformed(`The body must not nest deeper than ${maxDepth} levels.`);
  return content;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw malformed('The body must be JSON in UTF-8.');
  }
}

function malformed(message: string): DirectoryError {
  return new DirectoryError('invalid_argument', message, { reason: 'body_malformed' });
}
