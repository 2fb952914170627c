import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DialectHost } from '#dialects/dialect.ts';
import { quietLog } from '#test/directory.ts';
import { createHttp } from '#transport/http.ts';
import { routes } from './routes.ts';
import { serveRoutes } from './serve.ts';
import { administrator, idOf, openPortal, type Portal, wholeBody, wholeUser } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

const unknownId = 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7';
const denied = '{"Message":"Authorization has been denied for this request."}';

test('without a good token it is 401 with a challenge', async () => {
  for (const headers of [
    {},
    { authorization: 'Bearer nonsense' },
    { authorization: 'Basic YTpi' },
    { authorization: portal.server.token },
  ]) {
    const answer = await portal.get(unknownId, { token: null, headers });
    assert.equal(answer.status, 401);
    assert.equal(answer.text, denied);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
});

test('a caller without permission gets 401, as the vendor documents it', async () => {
  const token = await portal.tokenOf(await portal.create());
  const { user: other, sent } = await wholeUser(portal);
  for (const answer of [await portal.get(idOf(other), { token }), await portal.put(idOf(other), sent, { token })]) {
    assert.equal(answer.status, 401);
    assert.equal(answer.text, denied);
  }
});

test('a token that writes users is answered with what it has written; one that does not is denied', async () => {
  const { user, sent } = await wholeUser(portal);
  const token = await portal.tokenOf(await administrator(portal), { permissions: ['users.write'] });
  const written = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { token });
  assert.equal(written.status, 200);
  assert.equal(written.json.ResponseData.Detail.DisplayName, 'Mini');
  const other = await portal.tokenOf(await administrator(portal), { permissions: ['tokens.write'] });
  for (const path of [`/api/v1/admin/users/${idOf(user)}`, '/api/v1/admin/users']) {
    const { status, text } = await portal.send('GET', path, { token: other });
    assert.deepEqual([status, text], [401, denied]);
  }
});

test('users may change themselves, but not AdminUser, SSOEnabled and Enabled', async () => {
  const { user, sent } = await wholeUser(portal);
  const token = await portal.tokenOf(user);
  const answer = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { token });
  assert.equal(answer.json.ResponseData.Detail.DisplayName, 'Mini');
  for (const [name, value] of [
    ['AdminUser', true],
    ['SSOEnabled', true],
    ['Enabled', false],
  ] as const) {
    const refused = await portal.put(idOf(user), { ...sent, DisplayName: 'No', [name]: value }, { token });
    assert.equal(refused.status, 401);
    assert.equal(refused.json.MessageDetail, `You have no permission to change ${name}.`);
  }
  assert.equal((await portal.read(user)).fields['profile.displayName'], 'Mini');
});

test('an unknown guid is 404 in the envelope, naming the caller', async () => {
  const caller = idOf(await administrator(portal));
  for (const answer of [await portal.get(unknownId), await portal.put(unknownId, wholeBody())]) {
    assert.equal(answer.status, 404);
    assert.deepEqual(answer.json, {
      Error: { ErrorCode: 'USER_NOT_FOUND', ErrorReason: 'There is no such user.' },
      ResponseData: { Identification: { UserId: caller }, Result: 'Failure', Detail: null },
    });
  }
  const { text } = await portal.get(unknownId, { accept: 'text/xml' });
  assert.match(
    text,
    /^<ResponseOfUser xmlns:xsd="[^"]+" xmlns:xsi="[^"]+"><Error><ErrorCode>USER_NOT_FOUND<\/ErrorCode><ErrorReason>/,
  );
  const data = `<Result>Failure</Result><Identification><UserId>${caller}</UserId></Identification>`;
  assert.ok(text.endsWith(`<ResponseData>${data}</ResponseData></ResponseOfUser>`));
});

test('a name that is taken is 400 in the envelope', async () => {
  const { sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(await portal.create()), sent);
  assert.equal(answer.status, 400);
  assert.equal(answer.json.Error.ErrorCode, 'USERNAME_TAKEN');
  assert.equal(answer.json.ResponseData.Result, 'Failure');
});

test('a name sent as a number is the same name', async () => {
  await portal.create({ patch: { username: '12345' } });
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), { ...sent, Username: 12345 });
  assert.equal(answer.json.Error.ErrorCode, 'USERNAME_TAKEN');
});

test('the owner of the directory cannot be disabled: a business rule like any other', async () => {
  const owner = idOf(await administrator(portal));
  const { Detail } = (await portal.get(owner)).json.ResponseData;
  const answer = await portal.put(owner, { ...Detail, Enabled: false });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.Error.ErrorCode, 'LAST_OWNER');
});

test('an administrator of 2sms grants 2sms, and cannot touch who administers more', async () => {
  const token = await portal.tokenOf(await portal.create({ administers: { twosms: true } }));
  const { user, sent } = await wholeUser(portal);
  const granted = await portal.put(idOf(user), { ...sent, AdminUser: true }, { token });
  assert.equal(granted.json.ResponseData.Detail.AdminUser, true);
  await portal.change(user, { administers: { accela: true } });
  assert.equal((await portal.put(idOf(user), { ...sent, DisplayName: 'No' }, { token })).status, 401);
});

test('an id is a guid in any of its forms; another one is 400', async () => {
  const { user } = await wholeUser(portal);
  const id = idOf(user);
  for (const form of [id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `(${id})`]) {
    assert.equal((await portal.get(encodeURIComponent(form))).status, 200, form);
  }
  const answer = await portal.get('17');
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.json, {
    Message: 'The request is invalid.',
    MessageDetail: "The parameter 'id' must be a globally unique identifier.",
  });
});

test('paths are read in any case', async () => {
  const { user } = await wholeUser(portal);
  assert.equal((await portal.send('GET', `/API/V1/Admin/Users/${idOf(user)}`)).status, 200);
});

test('a route that there is not is 404, another method is 405 with those allowed', async () => {
  const answer = await portal.send('GET', '/api/v1/Nothing?x=1');
  assert.equal(answer.status, 404);
  const uri = `${portal.server.origin}/api/v1/Nothing?x=1`;
  assert.deepEqual(answer.json, { Message: `No HTTP resource was found that matches the request URI '${uri}'.` });
  const refused = await portal.send('DELETE', `/api/v1/admin/users/${unknownId}`, { accept: 'application/xml' });
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get('allow'), 'GET, PUT');
  const Message = "The requested resource does not support http method 'DELETE'.";
  assert.equal(refused.text, `<Error><Message>${Message}</Message></Error>`);
});

test('every operation that is known and not built answers 501', async () => {
  const unbuilt = routes.filter(({ serve }) => serve === undefined);
  assert.ok(unbuilt.length > 10);
  for (const { operation, method, path } of unbuilt) {
    const answer = await portal.send(method, path.replace(':id', unknownId));
    assert.equal(answer.status, 501, path);
    assert.deepEqual(answer.json, { Message: `The operation ${operation} is not implemented.` });
  }
});

test('a body of another type is 415, an unreadable one 400, one too large 413', async () => {
  const { user } = await wholeUser(portal);
  const other = await portal.put(idOf(user), 'x', { type: 'text/plain' });
  assert.equal(other.status, 415);
  const Message = "The request entity's media type 'text/plain' is not supported for this resource.";
  assert.deepEqual(other.json, { Message });
  const broken = await portal.put(idOf(user), '{', { type: 'text/json', accept: 'text/xml' });
  assert.equal(broken.status, 400);
  const state = '<ModelState><user>The body is not valid JSON.</user></ModelState>';
  assert.equal(broken.text, `<Error><Message>The request is invalid.</Message>${state}</Error>`);
  const large = await portal.put(idOf(user), `{"x":"${'x'.repeat(1_048_576)}"}`);
  assert.equal(large.status, 413);
  assert.ok(large.json.Message);
});

test('what a caller sent comes back in an error as text, not as markup', async () => {
  const { user, sent } = await wholeUser(portal);
  const TimeZone = '<a>&\u0001</a>';
  const { text } = await portal.put(idOf(user), { ...sent, TimeZone }, { accept: 'text/xml' });
  assert.ok(text.includes("The value '&lt;a&gt;&amp;\uFFFD&lt;/a&gt;' is not valid for TimeZone."));
});

test('a fault of ours is logged, and told without its cause', async () => {
  const logged: object[] = [];
  const log = { ...quietLog, error: (facts: object) => void logged.push(facts) };
  const http = createHttp({ log, nextRequestId: () => 'request-1', refuseBody: () => new Error() });
  const authenticate = () => Promise.reject(new TypeError('the disk is on fire'));
  await http.register(async (context) =>
    serveRoutes({ http: context, log, guard: { authenticate } } as unknown as DialectHost),
  );
  const origin = await http.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${origin}/api/v1/admin/users/${unknownId}`);
  await http.close();
  assert.equal(answer.status, 500);
  assert.equal(await answer.text(), '{"Message":"An error has occurred."}');
  assert.match(String(Object.values(logged[0] ?? {})), /TypeError: the disk is on fire,request-1/);
});
