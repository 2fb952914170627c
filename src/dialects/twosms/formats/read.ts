import type { SentUser } from '#dialects/twosms/model.ts';
import { Refused, unreadableBody } from '#dialects/twosms/model-state.ts';
import { parseMediaType } from './media-type.ts';
import { readForm } from './read-form.ts';
import { readJson } from './read-json.ts';
import { readXml } from './read-xml.ts';

const readers: Readonly<Record<string, (text: string) => SentUser>> = {
  'application/json': readJson,
  'text/json': readJson,
  'application/xml': readXml,
  'text/xml': readXml,
  'application/x-www-form-urlencoded': readForm,
};

/**
 * Reads a body in any of the five request formats. No body is a user with nothing said of it. Throws `Refused`: 415 for
 * another media type, 400 for what is no document of the format.
 */
export function readUser(body: Buffer | undefined, contentType: string | undefined): SentUser {
  if (body === undefined || body.length === 0) return new Map();
  const type = parseMediaType(contentType ?? 'application/octet-stream');
  const essence = type?.essence ?? '';
  const charset = type?.params.get('charset') ?? 'utf-8';
  if (!Object.hasOwn(readers, essence) || !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw unsupportedMediaType(contentType ?? 'application/octet-stream');
  }
  return readers[essence]?.(textOf(body)) ?? new Map();
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadableBody('The body is not valid UTF-8.');
  }
}

function unsupportedMediaType(sent: string): Refused {
  const Message = `The request entity's media type '${sent.slice(0, 200)}' is not supported for this resource.`;
  return new Refused(415, { Message });
}
