import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { RestRoute, Session } from './call.ts';
import { refusals } from './errors.ts';
import { parseJson, refuseLostDigits } from './json-source.ts';

/** The token of a request: of the scheme Bearer alone. */
export function sessionOf({ headers }: FastifyRequest): Session {
  const [, token] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return token === undefined ? {} : { token };
}

/** The parameters of a request, by the names that they have over WebSocket: from path, query (of a GET) and body. */
export function readParams({ method, body }: RestRoute, request: FastifyRequest): JsonObject {
  const inPath = request.params as JsonObject;
  if (method === 'GET') return { ...queryOf(request), ...inPath };
  return body === undefined ? inPath : { ...bodyAs(body, method, request), ...inPath };
}

/** The first of each name counts; one without a value is as if it were not there. */
function queryOf({ url }: FastifyRequest): JsonObject {
  const query = new URLSearchParams(url.replace(/^[^?]*/, ''));
  return Object.fromEntries([...query].filter(([, value]) => value !== '').reverse());
}

function bodyAs(name: RestRoute['body'] & {}, method: string, request: FastifyRequest): JsonObject {
  const body = readBody(request);
  if (name === 'everything') {
    if (body !== null && !isJsonObject(body)) throw refusals.malformed();
    return body ?? {};
  }
  // An update without a body changes nothing.
  return { [name]: body ?? (method === 'PUT' ? {} : null) };
}

/** An empty body is null: clients name a content type where they send nothing. */
function readBody({ body, headers }: FastifyRequest): Json {
  if (!(body instanceof Buffer)) return null;
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json') {
    const message = 'Content-Type must be application/json.';
    throw new DirectoryError('invalid_argument', message, { reason: 'media_type_unsupported' });
  }
  if (!isUtf8(body)) throw refusals.malformed();
  const text = body.toString();
  if (text.trim() === '') return null;
  const value = parseJson(text);
  refuseLostDigits(text, ['data']);
  return value;
}
