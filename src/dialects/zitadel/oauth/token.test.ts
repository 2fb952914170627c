import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { before, test } from 'node:test';
import { SignJWT } from 'jose';
import { type Body, type Client, startClient } from '#dialects/zitadel/test-client.ts';
import { type Answer, basicOf, type Machine, newMachine, post } from './test-machine.ts';

// POST /oauth/v2/token, over a real socket.

const path = '/oauth/v2/token';
const api = 'openid urn:zitadel:iam:org:project:id:zitadel:aud';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const credentials = { grant_type: 'client_credentials', scope: api };

let client: Client;
let machine: Machine;
before(async (context) => {
  client = await startClient(context as never);
  machine = await newMachine(client);
});

const bearer = ({ body }: Answer) => ({ authorization: `Bearer ${body.access_token}` });
const readAs = async (answer: Answer, userId = machine.userId) =>
  (await client.send('GET', `/v2/users/${userId}`, undefined, bearer(answer))).status;
const bySecret = ({ username, secret }: Machine = machine) =>
  post(client, path, { ...credentials, client_id: username, client_secret: secret });
const byKey = async (of: Machine = machine, ...with_: Parameters<Machine['assertion']>) =>
  await post(client, path, { grant_type: jwtBearer, scope: api, assertion: await of.assertion(...with_) });

function assertRefused({ status, headers, body }: Answer, expected: number, error: string, says?: RegExp): void {
  assert.deepEqual([status, body.error, Object.keys(body)], [expected, error, ['error', 'error_description']]);
  if (says) assert.match(body.error_description, says);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.has('www-authenticate'), expected === 401);
}

test('a machine gets a token by its secret, in a Basic header or in the form, and calls the API with it', async () => {
  const answers = [
    await bySecret(),
    await post(client, path, credentials, basicOf(machine.username, machine.secret)),
    await byKey(),
  ];
  for (const answer of answers) {
    const { access_token, ...rest } = answer.body;
    assert.deepEqual([answer.status, rest], [200, { token_type: 'Bearer', expires_in: 43_200, scope: api }]);
    assert.match(access_token, /^muster_/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(await readAs(answer), 200);
  }
  const elsewhere = await fetch(`${client.server.origin}/directory/v1/users`, {
    headers: bearer(answers[0] as Answer),
  });
  assert.equal(elsewhere.status, 401);
});

test('a name with colons, blanks and more than ASCII is encoded as a form is', async () => {
  const userId = await client.seed({ kind: 'machine', patch: { username: 'käthi: +%41' } } as never);
  const odd = await newMachine(client, userId);
  assert.equal(odd.username, 'käthi: +%41');
  assert.equal((await post(client, path, credentials, basicOf(odd.username, odd.secret))).status, 200);
  assert.equal((await bySecret(odd)).status, 200);
  assertRefused(await post(client, path, credentials, basicOf('%', 'x')), 401, 'invalid_client');
  const broken = { authorization: `Basic ${Buffer.from('%zz:x').toString('base64')}` };
  assertRefused(await post(client, path, credentials, broken), 400, 'invalid_request');
});

test('scopes that stand for nothing here are not granted, and broken ones are refused', async () => {
  const asked = { ...credentials, client_id: machine.username, client_secret: machine.secret };
  const some = await post(client, path, { ...asked, scope: 'openid read:all profile openid' });
  assert.equal(some.body.scope, 'openid profile');
  const { scope: _, ...none } = asked;
  assert.equal('scope' in (await post(client, path, none)).body, false);
  assertRefused(await post(client, path, { ...asked, scope: 'a"b' }), 400, 'invalid_scope');
  assertRefused(await post(client, path, { ...asked, scope: 'x'.repeat(2001) }), 400, 'invalid_scope');
});

test('a wrong client, one without a secret, a person and a locked machine are one refusal', async () => {
  const person = await client.seed({
    password: { set: { plain: 'Passw0rd!' }, rules: {}, lockAfterAttempts: 0 },
  } as never);
  const { username } = await client.read(person);
  const bare = await client.read(await client.seed({ kind: 'machine' } as never));
  const locked = await newMachine(client);
  await client.send('POST', `/v2/users/${locked.userId}/lock`, {});
  const tries: [string, string][] = [
    [machine.username, 'wrong'],
    ['nobody', machine.secret],
    [username, 'Passw0rd!'],
    [bare.username, 'x'],
    [locked.username, locked.secret],
  ];
  const told = new Set<string>();
  for (const [client_id, client_secret] of tries) {
    const refused = await post(client, path, { ...credentials, client_id, client_secret });
    assertRefused(refused, 401, 'invalid_client');
    told.add(JSON.stringify(refused.body));
  }
  assert.equal(told.size, 1);
  assertRefused(await byKey(locked), 400, 'invalid_grant');
});

test('requests that are none are refused in the words of RFC 6749', async () => {
  assertRefused(await post(client, path, { scope: api }), 400, 'invalid_request', /grant_type/);
  assertRefused(await post(client, path, { grant_type: 'password' }), 400, 'unsupported_grant_type');
  assertRefused(await post(client, path, credentials), 401, 'invalid_client', /missing/);
  assertRefused(await post(client, path, { grant_type: jwtBearer }), 400, 'invalid_request', /assertion/);
  const twice = { ...credentials, client_id: machine.username, client_secret: machine.secret };
  assertRefused(await post(client, path, twice, basicOf(machine.username, machine.secret)), 400, 'invalid_request');
  assertRefused(await post(client, path, twice, { 'muster-dry-run': 'true' }), 400, 'invalid_request');
  const json = await fetch(client.server.origin + path, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual([json.status, ((await json.json()) as Body).error], [400, 'invalid_request']);
});

test('an assertion is signed by a key of the user that it names, for this server, for an hour at most', async () => {
  const { origin, clock } = client.server;
  const now = Math.floor(Date.parse(clock.now()) / 1000);
  const other = await newMachine(client);
  assert.equal((await byKey(machine, { aud: [origin, 'https://other.test'] })).status, 200);
  assert.equal((await byKey(machine, { aud: `${origin}/` })).status, 200);
  assert.equal((await byKey(machine, { iat: now + 10, exp: now + 3610 })).status, 200);
  const wrong: [Parameters<Machine['assertion']>, RegExp][] = [
    [[{ aud: 'https://other.test' }], /aud must be http:/],
    [[{ aud: undefined } as never], /aud must be/],
    [[{ iss: other.userId }], /iss must be/],
    [[{ exp: now - 11 }], /exp must be/],
    [[{ exp: undefined } as never], /exp must be/],
    [[{ iat: undefined } as never], /iat must be/],
    [[{ iat: now + 11, exp: now + 20 }], /iat must be/],
    [[{ iat: now - 3611, exp: now + 60 }], /iat must be/],
    [[{ exp: now + 3601 }], /exp must be/],
    [[{ nbf: now + 60 }], /nbf is wrong/],
    [[{ sub: other.userId }], /not signed/],
    [[{}, { kid: other.keyId }], /not signed/],
    [[{}, { kid: 'none' }], /not signed/],
    [[{}, { kid: undefined } as never], /must be a JWT/],
    [[{}, { alg: 'PS256' }], /must be a JWT/],
  ];
  for (const [given, says] of wrong) assertRefused(await byKey(machine, ...given), 400, 'invalid_grant', says);
});

test('an assertion for another server is refused, though the Host header says that this is it', async (t) => {
  const ask = async (at: Client, of: Machine, host: string, aud: string): Promise<[number, string]> => {
    const form = new URLSearchParams({ grant_type: jwtBearer, assertion: await of.assertion({ aud }) }).toString();
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length };
    const sent = request(at.server.origin + path, { method: 'POST', headers, agent: false }).end(form);
    const [answer] = await once(sent, 'response');
    return [answer.statusCode, JSON.parse(Buffer.concat(await answer.toArray()).toString()).error];
  };
  const { port, host: own } = new URL(client.server.origin);
  assert.deepEqual(await ask(client, machine, own, `http://${own}`), [200, undefined]);
  assert.deepEqual(await ask(client, machine, `localhost:${port}`, `http://localhost:${port}`), [200, undefined]);
  for (const other of ['other.test', `other.test:${port}`, `127.0.0.2:${port}`, '127.0.0.1:1', 'localhost']) {
    assert.deepEqual(await ask(client, machine, other, `http://${other}`), [400, 'invalid_grant'], other);
  }
  const named = await startClient(t, { MUSTER_PUBLIC_URL: 'https://users.test' });
  const one = await newMachine(named);
  assert.deepEqual(await ask(named, one, own, 'https://users.test'), [200, undefined]);
  assert.deepEqual(await ask(named, one, 'other.test', 'https://users.test'), [200, undefined]);
  assert.deepEqual(await ask(named, one, 'other.test', 'http://other.test'), [400, 'invalid_grant']);
});

test('what is no assertion, or signed by nobody or somebody else, is refused', async () => {
  const claims = { iss: machine.userId, sub: machine.userId, aud: client.server.origin };
  const header = { alg: 'RS256', kid: machine.keyId };
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const good = await machine.assertion();
  const forged = [
    await new SignJWT(claims).setProtectedHeader(header).setIssuedAt().setExpirationTime('1h').sign(stranger),
    `${encoded({ ...header, alg: 'none' })}.${encoded(claims)}.`,
    `${good.slice(0, -8)}AAAAAAAA`,
    `${encoded(header)}.${encoded({ ...claims, exp: 9e9 })}.${good.split('.')[2]}`,
    'a.b.c',
    'x',
    `${'x'.repeat(9999)}.`,
  ];
  for (const assertion of forged) {
    assertRefused(await post(client, path, { grant_type: jwtBearer, assertion }), 400, 'invalid_grant');
  }
  assertRefused(
    await post(client, path, { grant_type: jwtBearer, assertion: 'x'.repeat(10_001) }),
    400,
    'invalid_request',
  );
});

test('a client may prove itself by an assertion instead of a secret', async () => {
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const given = async () => ({ ...credentials, client_assertion_type, client_assertion: await machine.assertion() });
  assert.equal(await readAs(await post(client, path, await given())), 200);
  const forged = { ...(await given()), client_assertion: `${(await machine.assertion()).slice(0, -8)}AAAAAAAA` };
  assertRefused(await post(client, path, forged), 401, 'invalid_client');
  assertRefused(await post(client, path, { ...(await given()), client_assertion_type: 'x' }), 401, 'invalid_client');
});

test('a token ends at the very next call with the secret or the key that it came of, and with its user', async () => {
  const one = await newMachine(client);
  const [secret, key] = [await bySecret(one), await byKey(one)];
  await client.send('DELETE', `/v2/users/${one.userId}/secret`);
  assert.deepEqual([await readAs(secret, one.userId), await readAs(key, one.userId)], [401, 200]);
  assertRefused(await bySecret(one), 401, 'invalid_client');
  await client.send('DELETE', `/v2/users/${one.userId}/keys/${one.keyId}`);
  assert.equal(await readAs(key, one.userId), 401);
  assertRefused(await byKey(one), 400, 'invalid_grant');
  const two = await newMachine(client);
  const token = await bySecret(two);
  await client.send('POST', `/v2/users/${two.userId}/secret`, {});
  assert.equal(await readAs(token, two.userId), 401);
  const again = await byKey(two);
  await client.send('POST', `/v2/users/${two.userId}/deactivate`, {});
  assert.equal(await readAs(again, two.userId), 401);
  await client.send('POST', `/v2/users/${two.userId}/reactivate`, {});
  assert.equal(await readAs(again, two.userId), 200);
  await client.send('DELETE', `/v2/users/${two.userId}`);
  assert.equal(await readAs(again, two.userId), 401);
});

test('a token lasts for twelve hours, a key as long as it was given', async () => {
  const answer = await bySecret();
  client.server.clock.advance(12 * 3_600_000 - 1);
  assert.equal(await readAs(answer), 200);
  client.server.clock.advance(1);
  assert.equal(await readAs(answer), 401);
});

test('guesses are bounded', async () => {
  const one = await newMachine(client);
  const guess = () => post(client, path, { ...credentials, client_id: one.username, client_secret: 'x' });
  let refused = await guess();
  for (let tries = 0; refused.status === 401 && tries < 400; tries++) refused = await guess();
  assertRefused(refused, 429, 'temporarily_unavailable');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal((await bySecret(one)).status, 429);
});
