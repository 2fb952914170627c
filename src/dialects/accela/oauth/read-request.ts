import { invalidRequest, OAuthRefusal, parseScopes, type TokenParameters } from '#transport/oauth.ts';

/** A request for tokens, read. */
export type TokenRequest = PasswordRequest | RefreshRequest;

interface AnyRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly agency?: string | undefined;
}

export interface PasswordRequest extends AnyRequest {
  readonly grantType: 'password';
  readonly username: string;
  readonly password: string;
  readonly environment: string;
  readonly scopes: readonly string[];
}

export interface RefreshRequest extends AnyRequest {
  readonly grantType: 'refresh_token';
  readonly refreshToken: string;
  readonly environment?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

const maxLength = 2_000;
const defaultEnvironment = 'PROD';

/** Reads the parameters of a token request; unknown ones are ignored. Throws an OAuthRefusal that names what is wrong. */
export function readTokenRequest(sent: TokenParameters): TokenRequest {
  for (const [name, value] of sent) {
    if (value.length > maxLength) throw invalidRequest(`${name} must have at most ${maxLength} characters.`);
  }
  const grantType = required(sent, 'grant_type');
  if (grantType !== 'password' && grantType !== 'refresh_token') {
    throw new OAuthRefusal('unsupported_grant_type', 'grant_type must be password or refresh_token.');
  }
  const client = { clientId: required(sent, 'client_id'), clientSecret: required(sent, 'client_secret') };
  const agency = sent.get('agency_name');
  return { ...client, agency, ...(grantType === 'password' ? readPassword(sent) : readRefresh(sent)) };
}

function readPassword(sent: TokenParameters): Omit<PasswordRequest, keyof AnyRequest> {
  return {
    grantType: 'password',
    username: required(sent, 'username'),
    password: required(sent, 'password'),
    environment: readEnvironment(sent) ?? defaultEnvironment,
    scopes: readScopes(required(sent, 'scope')),
  };
}

function readRefresh(sent: TokenParameters): Omit<RefreshRequest, keyof AnyRequest> {
  const scope = sent.get('scope');
  return {
    grantType: 'refresh_token',
    refreshToken: required(sent, 'refresh_token'),
    environment: readEnvironment(sent),
    ...(scope === undefined ? {} : { scopes: readScopes(scope) }),
  };
}

/** Scopes separated by spaces, in the characters that RFC 6749 (3.3) gives them. */
function readScopes(text: string): readonly string[] {
  const scopes = parseScopes(text);
  if (scopes !== undefined && scopes.length > 0) return scopes;
  throw new OAuthRefusal('invalid_scope', 'scope must be scopes in visible ASCII, separated by spaces.');
}

// It is shown in headers and compared with them.
function readEnvironment(sent: TokenParameters): string | undefined {
  const environment = sent.get('environment');
  if (environment === undefined || /^[\x21-\x7e]{1,50}$/.test(environment)) return environment;
  throw invalidRequest('environment must have 1 to 50 visible ASCII characters.');
}

function required(sent: TokenParameters, name: string): string {
  const value = sent.get(name);
  if (value === undefined) throw invalidRequest(`${name} is required.`);
  return value;
}
