import type { IncomingHttpHeaders } from 'node:http';

/** The token of a request: `Authorization: Bearer <token>`; undefined when there is none. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}
