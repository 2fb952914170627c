import { createPrivateKey } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { epochMsOf } from '#core/instant.ts';
import type { Body, Client } from '#dialects/zitadel/test-client.ts';

/** A machine with a secret and a key, as its programs know it. */
export interface Machine {
  readonly userId: string;
  readonly username: string;
  readonly secret: string;
  readonly keyId: string;
  /** An assertion; claims and header win over the right ones. */
  assertion(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function newMachine(client: Client, userId?: string): Promise<Machine> {
  const id = userId ?? (await client.seed({ kind: 'machine' } as never));
  const { username } = await client.read(id);
  const { body: added } = await client.send('POST', `/v2/users/${id}/secret`, {});
  const expirationDate = '2030-01-31T00:00:00Z';
  const { body: keyed } = await client.send('POST', `/v2/users/${id}/keys`, { expirationDate });
  const { key, keyId } = JSON.parse(Buffer.from(keyed.keyContent, 'base64').toString());
  const assertion: Machine['assertion'] = (claims = {}, header = {}) => {
    const iat = Math.floor(epochMsOf(client.server.clock.now()) / 1000);
    const usual = { iss: id, sub: id, aud: client.server.origin, iat, exp: iat + 3600 };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: keyId, ...header })
      .sign(createPrivateKey(key));
  };
  return { userId: id, username, secret: added.clientSecret, keyId, assertion };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Posts a form as the vendor's clients do. */
export async function post(client: Client, path: string, form: Record<string, string>, headers = {}): Promise<Answer> {
  const answer = await fetch(client.server.origin + path, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

export const basicOf = (id: string, secret: string): Record<string, string> => {
  const encoded = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` };
};
