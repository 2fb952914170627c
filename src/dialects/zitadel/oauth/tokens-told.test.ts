import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Body, type Client, startClient } from '#dialects/zitadel/test-client.ts';
import { newOrganization, type Organization } from '#dialects/zitadel/test-organizations.ts';
import { basicOf, type Machine, newMachine, post } from './test-machine.ts';

// Discovery, introspection and userinfo, over a real socket.

let client: Client;
let machine: Machine;
let city: Organization;
before(async (context) => {
  client = await startClient(context as never);
  machine = await newMachine(client);
  city = await newOrganization(client, 'City');
});

async function grant(scope: string, of = machine): Promise<string> {
  const { username: client_id, secret: client_secret } = of;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope };
  return (await post(client, '/oauth/v2/token', form)).body.access_token;
}

const introspect = (token: string, by = machine) =>
  post(client, '/oauth/v2/introspect', { token }, basicOf(by.username, by.secret));

async function userinfo(token: string, method = 'GET') {
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${client.server.origin}/oidc/v1/userinfo`, { method, headers });
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    body: (await answer.json()) as Body,
  };
}

test('discovery names what there is, at the address by which it was reached, and no more', async () => {
  const { origin } = client.server;
  const document = (await (await fetch(`${origin}/.well-known/openid-configuration`)).json()) as Body;
  assert.equal(document.issuer, origin);
  const { body } = await post(client, document.token_endpoint.slice(origin.length), {
    grant_type: document.grant_types_supported[0],
    client_id: machine.username,
    client_secret: machine.secret,
    scope: document.scopes_supported.join(' '),
  });
  assert.equal(body.scope, document.scopes_supported.join(' '));
  const path = document.introspection_endpoint.slice(origin.length);
  const told = await post(client, path, { token: body.access_token }, basicOf(machine.username, machine.secret));
  assert.equal(told.body.iss, document.issuer);
  const headers = { authorization: `Bearer ${body.access_token}` };
  assert.equal((await fetch(document.userinfo_endpoint, { headers })).status, 200);
  assert.deepEqual(await (await fetch(document.jwks_uri)).json(), { keys: [] });
  assert.equal('authorization_endpoint' in document, false);
});

test('introspection tells a machine what a token of its realm stands for', async () => {
  const token = await grant('openid profile');
  const { status, body } = await introspect(token);
  const { updated_at, ...told } = body;
  assert.equal(status, 200);
  assert.ok(Number.isInteger(updated_at));
  assert.deepEqual(told, {
    active: true,
    scope: 'openid profile',
    client_id: machine.username,
    token_type: 'Bearer',
    exp: Date.parse('2026-11-21T22:00:00Z') / 1000,
    iss: client.server.origin,
    username: machine.username,
    sub: machine.userId,
    name: machine.username,
    preferred_username: machine.username,
  });
});

test('by an assertion, too; and by no wrong client', async () => {
  const token = await grant('openid');
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const form = { token, client_assertion_type, client_assertion: await machine.assertion() };
  assert.equal((await post(client, '/oauth/v2/introspect', form)).body.active, true);
  const wrong = await post(client, '/oauth/v2/introspect', { token }, basicOf(machine.username, 'x'));
  assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client']);
  const none = await post(client, '/oauth/v2/introspect', { token });
  assert.deepEqual([none.status, none.body.error], [401, 'invalid_client']);
  const missing = await post(client, '/oauth/v2/introspect', {}, basicOf(machine.username, machine.secret));
  assert.deepEqual([missing.status, missing.body.error], [400, 'invalid_request']);
});

test('a token that has ended, or is of another realm, is as good as none', async () => {
  const elsewhere = await newMachine(client, await city.user({}, 'machine'));
  const [own, other] = [await grant('openid'), await grant('openid', elsewhere)];
  assert.equal((await introspect(other, elsewhere)).body.active, true);
  const inactive = [await introspect(other), await introspect(own, elsewhere), await introspect('nonsense')];
  const ended = await newMachine(client);
  const token = await grant('openid', ended);
  await client.send('POST', `/v2/users/${ended.userId}/lock`, {});
  inactive.push(await introspect(token));
  for (const { status, body } of inactive) assert.deepEqual([status, body], [200, { active: false }]);
});

test('userinfo tells what the scopes of a token open, and everything without any', async () => {
  const patch = { 'profile.givenName': 'Minnie', 'profile.language': 'de', 'profile.gender': 'female' } as const;
  const email = { address: 'mini@mouse.test', verified: true };
  const id = await client.seed({ patch, email, phone: { number: '+41791234567', entered: '079', sameBy: 'number' } });
  const { username } = await client.read(id);
  const { authorization = '' } = await client.as(id);
  const { status, body } = await userinfo(authorization.slice('Bearer '.length));
  const { updated_at, ...told } = body;
  assert.equal(status, 200);
  assert.ok(updated_at > 0);
  assert.deepEqual(told, {
    sub: id,
    name: username,
    given_name: 'Minnie',
    gender: 'female',
    locale: 'de',
    preferred_username: username,
    email: 'mini@mouse.test',
    email_verified: true,
    phone_number: '+41791234567',
    phone_number_verified: false,
    'urn:zitadel:iam:user:resourceowner:id': '1',
    'urn:zitadel:iam:user:resourceowner:name': 'main',
  });
  assert.deepEqual((await userinfo(await grant('openid email'), 'POST')).body, { sub: machine.userId });
  const owner = await userinfo(await grant('openid urn:zitadel:iam:user:resourceowner'));
  assert.equal(owner.body['urn:zitadel:iam:user:resourceowner:id'], '1');
});

test('userinfo refuses in the words of RFC 6750', async () => {
  for (const token of ['', 'nonsense']) {
    const { status, challenge, body } = await userinfo(token);
    assert.deepEqual([status, challenge, body.error], [401, 'Bearer error="invalid_token"', 'invalid_token']);
  }
  const { status, challenge } = await userinfo(await grant('profile'));
  assert.deepEqual([status, challenge], [403, 'Bearer error="insufficient_scope"']);
});
