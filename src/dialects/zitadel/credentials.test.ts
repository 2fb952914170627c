import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { before, test } from 'node:test';
import { type Client, startClient } from './test-client.ts';

// Client secrets, keys and personal access tokens of machines, over a real socket.

const expirationDate = '2030-01-31T00:00:00Z';
const now = '2026-11-21T10:00:00Z';

let client: Client;
before(async (context) => {
  client = await startClient(context as never);
});

const machine = () => client.seed({ kind: 'machine' } as never);
const refused = async (method: string, path: string, body: object, headers = {}) => {
  const { status, errorId } = await client.send(method, path, body, headers);
  return [status, errorId];
};

test('AddSecret shows a secret once, MachineUser.hasSecret says that there is one, and RemoveSecret takes it away', async () => {
  const id = await machine();
  assert.equal((await client.read(id)).machine.hasSecret, undefined);
  const added = await client.send('POST', `/v2/users/${id}/secret`, {});
  assert.deepEqual([added.status, added.body.creationDate], [200, now]);
  assert.match(added.body.clientSecret, /^[\w-]{43}$/);
  assert.equal(added.headers.get('etag'), '"2"');
  assert.equal((await client.read(id)).machine.hasSecret, true);
  const again = await client.send('POST', `/v2/users/${id}/secret`);
  assert.notEqual(again.body.clientSecret, added.body.clientSecret);
  const removed = await client.send('DELETE', `/v2/users/${id}/secret`);
  assert.deepEqual([removed.status, Object.keys(removed.body)], [200, ['deletionDate']]);
  assert.equal((await client.read(id)).machine.hasSecret, undefined);
  assert.deepEqual(await refused('DELETE', `/v2/users/${id}/secret`, {}), [400, 'COMMAND-coi82n']);
});

test('AddKey makes a pair, and answers the file that the vendor’s clients read', async () => {
  const id = await machine();
  const { status, body } = await client.send('POST', `/v2/users/${id}/keys`, { expirationDate });
  assert.deepEqual([status, body.creationDate], [200, now]);
  const { key, ...file } = JSON.parse(Buffer.from(body.keyContent, 'base64').toString());
  assert.deepEqual(file, { type: 'serviceaccount', keyId: body.keyId, expirationDate, userId: id });
  const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(key);
  assert.deepEqual([asymmetricKeyType, asymmetricKeyDetails?.modulusLength], ['rsa', 2048]);
  assert.match(key, /^-----BEGIN RSA PRIVATE KEY-----/);
  const { records } = await client.server.store.load({
    records: [{ dialect: 'zitadel', kind: 'key', id: body.keyId }],
  });
  const stored = JSON.stringify([...records.values()]);
  const own = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' });
  assert.ok(stored.includes(JSON.stringify(own)));
  assert.ok(!stored.includes('PRIVATE'));
});

test('AddKey takes a public RSA key in PEM, and nothing else', async () => {
  const id = await machine();
  const add = (pem: string) =>
    client.send('POST', `/v2/users/${id}/keys`, { expirationDate, publicKey: Buffer.from(pem).toString('base64') });
  const pem = (bits: number, type: 'spki' | 'pkcs1') =>
    generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ type, format: 'pem' }).toString();
  for (const type of ['spki', 'pkcs1'] as const) {
    const { status, body } = await add(pem(2048, type));
    assert.deepEqual([status, Object.keys(body).sort()], [200, ['creationDate', 'keyId']], type);
  }
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const wrong = [
    'no key',
    pem(1024, 'spki'),
    curve.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  ];
  const { version } = await client.read(id).then(({ details }) => ({ version: details.sequence }));
  for (const text of wrong) {
    const { status, errorId } = await add(text);
    assert.deepEqual([status, errorId], [400, 'COMMAND-5F3h1'], text.slice(0, 40));
  }
  assert.equal((await client.read(id)).details.sequence, version);
});

test('RemoveKey and RemovePersonalAccessToken end one of this machine’s, and find no other', async () => {
  const [id, other] = [await machine(), await machine()];
  for (const [kind, idName] of [
    ['keys', 'keyId'],
    ['pats', 'tokenId'],
  ] as const) {
    const { body } = await client.send('POST', `/v2/users/${id}/${kind}`, { expirationDate });
    const made = body[idName];
    assert.deepEqual(await refused('DELETE', `/v2/users/${other}/${kind}/${made}`, {}), [404, 'COMMAND-4m77G']);
    assert.deepEqual(await refused('DELETE', `/v2/users/${id}/${kind}/none`, {}), [404, 'COMMAND-4m77G']);
    const removed = await client.send('DELETE', `/v2/users/${id}/${kind}/${made}`);
    assert.deepEqual([removed.status, removed.body], [200, { deletionDate: now }], kind);
    assert.deepEqual(await refused('DELETE', `/v2/users/${id}/${kind}/${made}`, {}), [404, 'COMMAND-4m77G']);
  }
});

test('a personal access token opens this API, no other one, and ends when it is removed or its user is locked', async () => {
  const id = await machine();
  const { status, body } = await client.send('POST', `/v2/users/${id}/pats`, { expirationDate });
  assert.deepEqual([status, Object.keys(body).sort()], [200, ['creationDate', 'token', 'tokenId']]);
  const own = { authorization: `Bearer ${body.token}` };
  const read = () => client.send('GET', `/v2/users/${id}`, undefined, own);
  assert.equal((await read()).body.user.userId, id);
  const elsewhere = await fetch(`${client.server.origin}/directory/v1/users`, { headers: own });
  assert.equal(elsewhere.status, 401);
  await client.send('POST', `/v2/users/${id}/lock`, {});
  assert.equal((await read()).errorId, 'AUTH-7fs1e');
  await client.send('POST', `/v2/users/${id}/unlock`, {});
  assert.equal((await read()).status, 200);
  await client.send('DELETE', `/v2/users/${id}/pats/${body.tokenId}`);
  assert.equal((await read()).errorId, 'AUTH-7fs1e');
});

test('a personal access token may outlive the token that it is made with, and ends with no other credential', async () => {
  const id = await machine();
  const own = await client.as(id);
  const { body } = await client.send('POST', `/v2/users/${id}/pats`, { expirationDate }, own);
  await client.send('POST', `/v2/users/${id}/secret`, {});
  await client.send('DELETE', `/v2/users/${id}/secret`);
  const read = await client.send('GET', `/v2/users/${id}`, undefined, { authorization: `Bearer ${body.token}` });
  assert.equal(read.status, 200);
});

test('what is missing, past, of a person or of nobody is refused by the vendor’s ids', async () => {
  const [id, person] = [await machine(), await client.seed()];
  for (const kind of ['keys', 'pats']) {
    const unsaid = await client.send('POST', `/v2/users/${id}/${kind}`, {});
    const message = kind === 'keys' ? 'AddKeyRequest' : 'AddPersonalAccessTokenRequest';
    assert.deepEqual(
      [unsaid.status, unsaid.body],
      [400, { code: 3, message: `invalid ${message}.ExpirationDate: value is required` }],
    );
    for (const past of ['2026-11-21T10:00:00Z', '1970-01-01T00:00:00Z']) {
      assert.deepEqual(await refused('POST', `/v2/users/${id}/${kind}`, { expirationDate: past }), [
        400,
        'DOMAIN-dv3t5',
      ]);
    }
    assert.equal(
      (await client.send('POST', `/v2/users/${id}/${kind}`, { expirationDate: '1969-12-31T23:59:59Z' })).status,
      400,
    );
  }
  const [nobody, human] = ['/v2/users/nobody', `/v2/users/${person}`];
  assert.deepEqual(await refused('POST', `${nobody}/keys`, { expirationDate }), [400, 'COMMAND-bnipwm1']);
  assert.deepEqual(await refused('POST', `${human}/keys`, { expirationDate }), [400, 'COMMAND-bnipwm1']);
  assert.deepEqual(await refused('POST', `${nobody}/pats`, { expirationDate }), [400, 'COMMAND-Dggw2']);
  assert.deepEqual(await refused('POST', `${human}/pats`, { expirationDate }), [400, 'COMMAND-Df2f1']);
  assert.deepEqual(await refused('POST', `${nobody}/secret`, {}), [400, 'COMMAND-x8910n']);
  assert.deepEqual(await refused('POST', `${human}/secret`, {}), [400, 'COMMAND-x8910n']);
  assert.deepEqual(await refused('DELETE', `${nobody}/secret`, {}), [400, 'COMMAND-x7s802']);
  assert.deepEqual(await refused('DELETE', `${human}/secret`, {}), [400, 'COMMAND-x7s802']);
  assert.deepEqual(await refused('DELETE', `${human}/keys/x`, {}), [404, 'COMMAND-4m77G']);
  assert.deepEqual(await refused('DELETE', `${human}/pats/x`, {}), [404, 'COMMAND-4m77G']);
});

test('history tells of secrets and keys, and never what they are', async () => {
  const id = await machine();
  const { body } = await client.send('POST', `/v2/users/${id}/secret`, {});
  await client.send('POST', `/v2/users/${id}/keys`, { expirationDate });
  const key = (await client.server.directory.resolve('zitadel', id)) ?? 0;
  const changes = await client.server.store.changesOf('user', key);
  assert.deepEqual(
    changes.map(({ command, via }) => [command, via]),
    [
      ['create-user', 'directory'],
      ['add-client-secret', 'zitadel'],
      ['add-key', 'zitadel'],
    ],
  );
  assert.deepEqual(Object.keys(changes[1]?.changes ?? {}), ['clientSecret.setAt']);
  assert.ok(!JSON.stringify(changes).includes(body.clientSecret));
  assert.ok(!JSON.stringify(changes).includes('BEGIN'));
});

test('under one idempotency key a secret, a key and a token are answered again, not made again', async () => {
  const id = await machine();
  for (const path of ['secret', 'keys', 'pats']) {
    const body = path === 'secret' ? {} : { expirationDate };
    const make = () => client.send('POST', `/v2/users/${id}/${path}`, body, { 'idempotency-key': `k-${path}` });
    const first = await make();
    assert.equal(first.status, 200);
    assert.deepEqual((await make()).body, first.body);
  }
  const dry = { 'muster-dry-run': 'true' };
  const { body } = await client.send('POST', `/v2/users/${id}/keys`, { expirationDate }, dry);
  assert.deepEqual(body, { creationDate: now });
  const { body: secret } = await client.send('POST', `/v2/users/${id}/secret`, {}, dry);
  assert.deepEqual(secret, { creationDate: now });
});
