import { DirectoryError } from '#core/errors.ts';
import { depthOf, isJsonObject, type JsonObject } from '#core/json.ts';

const maxDepth = 32;

/**
 * Reads a request body as a JSON object. Clients generated from the vendor's Swagger label their JSON as
 * `application/x-www-form-urlencoded`, so a body that starts as JSON does is read as JSON under that name too.
 */
export function decodeBody(body: unknown, contentType: string | undefined): JsonObject {
  const text = Buffer.isBuffer(body) ? decodeText(body).trim() : '';
  if (text === '') throw malformed('The request needs a JSON object as its body.');
  expectJson(contentType, text);
  const value = parse(text);
  if (!isJsonObject(value)) throw malformed('The request body must be a JSON object.');
  if (depthOf(value, maxDepth) > maxDepth) {
    throw malformed(`The request body must not nest deeper than ${maxDepth} levels.`);
  }
  return value;
}

function expectJson(contentType: string | undefined, text: string): void {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === '' || /^(application|text)\/(.+\+)?json$/.test(type)) return;
  if (type === 'application/x-www-form-urlencoded' && /^[{[]/.test(text)) return;
  throw new DirectoryError('invalid_argument', 'The request body must be application/json.', {
    reason: 'media_type_unsupported',
    field: 'Content-Type',
  });
}

function decodeText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed('The request body must be JSON in UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The request body is not well-formed JSON.');
  }
}

function malformed(message: string): DirectoryError {
  return new DirectoryError('invalid_argument', message, { reason: 'body_malformed' });
}
