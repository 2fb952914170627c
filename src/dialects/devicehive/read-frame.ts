import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { refusals } from './errors.ts';
import { memberSource, parseJson } from './json-source.ts';

/** One WebSocket message. */
export interface Frame {
  readonly params: JsonObject;
  /** What is echoed, as the text of the answer's first members: `"action":"token","requestId":7`. */
  readonly echo: string;
}

/** Reads the message in a frame. */
export function readFrame(text: string): Frame {
  const params = parseJson(text);
  if (!isJsonObject(params)) throw refusals.malformed();
  const echo = (name: string) => `"${name}":${echoOf(name, params[name], text)}`;
  return { params, echo: `${echo('action')},${echo('requestId')}` };
}

/** A value as it came: numbers with all their digits, objects with their keys in order. */
function echoOf(name: string, value: Json | undefined, text: string): string {
  const mayDiffer = typeof value === 'number' || (typeof value === 'object' && value !== null);
  return (mayDiffer && memberSource(text, name)) || JSON.stringify(value ?? null);
}
