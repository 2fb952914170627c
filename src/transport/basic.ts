/** What `Authorization: Basic …` says (RFC 7617), in UTF-8. */
export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

/** Undefined for another scheme, and for what is no Basic. */
export function parseBasic(header: string | undefined): BasicCredentials | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header ?? '') ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
