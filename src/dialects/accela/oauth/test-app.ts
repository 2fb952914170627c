import assert from 'node:assert/strict';
import { systemActor } from '#core/actor.ts';
import { createClient } from '#core/commands/clients.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { JsonObject } from '#core/json.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { User } from '#core/user.ts';
import type { AccelaServer } from '#dialects/accela/start-accela.ts';
import type { TokenAnswer } from './issue-tokens.ts';

export const userPassword = 'correct horse';

/** For a user who is to sign in. */
export const withPassword: Pick<CreateUserInput, 'password'> = {
  password: { set: { plain: userPassword }, rules: plainPasswordRules, lockAfterAttempts: 0 },
};

export type Parameters = Readonly<Record<string, string>>;

export interface TokenAnswered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: JsonObject;
}

/** An app that has been let in, for tests. */
export interface TestApp {
  readonly credentials: { readonly client_id: string; readonly client_secret: string };
  /** A password request for this user that is right; a parameter that is `''` is not sent. */
  asking(user: User, more?: Parameters): Parameters;
  post(parameters: Parameters | string, headers?: Parameters): Promise<TokenAnswered>;
  signIn(user: User, more?: Parameters): Promise<TokenAnswer>;
  refresh(token: string, more?: Parameters): Promise<TokenAnswered>;
}

/** Lets an app in to a realm, whose agency is given. */
export async function openApp(server: AccelaServer, id = 'app', realm = 1, agency = 'MAIN'): Promise<TestApp> {
  const secret = `the secret of ${id}`.replaceAll(' ', '-');
  const system = server.directory.as(systemActor, { dialect: 'test' });
  await system.run(createClient, { dialect: 'accela', id, realm, name: id, secret });
  const credentials = { client_id: id, client_secret: secret };
  const post: TestApp['post'] = (parameters, headers) => send(server, parameters, headers);
  const asking: TestApp['asking'] = (user, more) => {
    const named = { username: user.fields.username ?? '', password: userPassword };
    const place = { agency_name: agency, environment: 'TEST', scope: 'users' };
    return { grant_type: 'password', ...credentials, ...named, ...place, ...more };
  };
  return {
    credentials,
    asking,
    post,
    async signIn(user, more) {
      const { status, body } = await post(asking(user, more));
      assert.equal(status, 200, JSON.stringify(body));
      return body as unknown as TokenAnswer;
    },
    refresh: (token, more) => post({ grant_type: 'refresh_token', ...credentials, refresh_token: token, ...more }),
  };
}

/** A second agency, `OTHER`; answers its realm. */
export async function openOtherAgency({ directory, store }: AccelaServer): Promise<number> {
  const key = await store.allocate('realm', 1);
  const fields = { name: 'other', language: 'en', region: 'US', timeZone: 'UTC' };
  await directory.as(systemActor, { dialect: 'test' }).run(createRealm, { key, ids: { accela: 'OTHER' }, fields });
  return key;
}

async function send(
  { origin }: AccelaServer,
  parameters: Parameters | string,
  headers: Parameters = {},
): Promise<TokenAnswered> {
  const type = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const response = await fetch(`${origin}/oauth2/token`, { method: 'POST', headers: type, body: formOf(parameters) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as JsonObject };
}

function formOf(parameters: Parameters | string): string {
  if (typeof parameters === 'string') return parameters;
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
}
