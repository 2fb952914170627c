import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import { readUser } from './formats/read.ts';
import { administrator, idOf, openPortal, type Portal, wholeUser } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

const path = '/api/v1/admin/users';
const idsIn = (json: { ResponseData: { Detail: { ID: string }[] } }) => json.ResponseData.Detail.map(({ ID }) => ID);

test("the list holds the account's users as GET shows each, in JSON", async () => {
  const { user } = await wholeUser(portal, { Pin: '0815' });
  const answer = await portal.send('GET', path);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(answer.headers.get('etag'), null);
  const { Detail, ...data } = answer.json.ResponseData;
  const UserId = idOf(await administrator(portal));
  assert.deepEqual([answer.json.Error, data], [null, { Identification: { UserId }, Result: 'Success' }]);
  const shown = (await portal.get(idOf(user))).json.ResponseData.Detail;
  assert.deepEqual(
    Detail.find(({ ID }: { ID: string }) => ID === idOf(user)),
    shown,
  );
});

test('the same in XML, as XmlSerializer writes it', async () => {
  const { user } = await wholeUser(portal);
  const { status, headers, text } = await portal.send('GET', path, { accept: 'text/xml' });
  assert.deepEqual([status, headers.get('content-type')], [200, 'text/xml; charset=utf-8']);
  const [, begin, users = ''] =
    /^(.*?<Detail>)(.*)<\/Detail><\/ResponseData><\/ResponseOfListOfUser>$/.exec(text) ?? [];
  const UserId = idOf(await administrator(portal));
  assert.equal(
    begin,
    '<ResponseOfListOfUser xmlns:xsd="http://www.w3.org/2001/XMLSchema" ' +
      'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ResponseData><Result>Success</Result>' +
      `<Identification><UserId>${UserId}</UserId></Identification><Detail>`,
  );
  const one = (await portal.get(idOf(user), { accept: 'text/xml' })).text;
  const [, detail = ''] = /<Detail>(.*)<\/Detail>/.exec(one) ?? [];
  assert.ok(users.includes(`<User>${detail}</User>`));
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  for (const [, inner] of users.matchAll(/<User>(.*?)<\/User>/g)) {
    assert.ok(readUser(Buffer.from(`<User ${xsi}>${inner}</User>`), 'text/xml').get('ID'));
  }
});

test('who administers the whole directory is in it with IncludeSuperUsers alone', async () => {
  const owner = idOf(await administrator(portal));
  const other = idOf(await portal.create({ administers: { directory: true } }));
  const mine = idOf(await portal.create({ administers: { twosms: true } }));
  for (const query of ['', '?IncludeSuperUsers=false', '?includesuperusers=FALSE', '?IncludeSuperUsers=']) {
    const ids = idsIn((await portal.send('GET', path + query)).json);
    assert.deepEqual(
      [owner, other, mine].map((id) => ids.includes(id)),
      [false, false, true],
      query,
    );
  }
  for (const query of ['?IncludeSuperUsers=true', '?INCLUDESUPERUSERS=True']) {
    const ids = idsIn((await portal.send('GET', path + query)).json);
    assert.deepEqual(
      [owner, other, mine].map((id) => ids.includes(id)),
      [true, true, true],
      query,
    );
  }
  for (const query of ['?IncludeSuperUsers=maybe', '?IncludeSuperUsers=true&IncludeSuperUsers=true']) {
    const { status, json } = await portal.send('GET', path + query);
    const MessageDetail = "The parameter 'IncludeSuperUsers' must be true or false.";
    assert.deepEqual([status, json], [400, { Message: 'The request is invalid.', MessageDetail }], query);
  }
});

test('who does not administer 2sms, or has no token, gets 401', async () => {
  const token = await portal.tokenOf(await portal.create({ administers: { accela: true } }));
  for (const answer of [await portal.send('GET', path, { token }), await portal.send('GET', path, { token: null })]) {
    assert.equal(answer.status, 401);
    assert.equal(answer.text, '{"Message":"Authorization has been denied for this request."}');
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
});

test('users of another account, and deleted ones, are not in it', async () => {
  const realm = await portal.openAccount();
  const stranger = await portal.create({}, 'active', realm);
  const gone = await portal.create();
  await portal.server.directory.as(systemActor, { dialect: 'test' }).run(deleteUser, { user: gone.key });
  for (const user of [await administrator(portal), await portal.create({ administers: { twosms: true } })]) {
    const token = await portal.tokenOf(user);
    const ids = idsIn((await portal.send('GET', `${path}?IncludeSuperUsers=true`, { token })).json);
    assert.ok(ids.includes(idOf(user)));
    assert.ok(!ids.includes(idOf(stranger)) && !ids.includes(idOf(gone)));
  }
  const token = await portal.tokenOf(await portal.create({ administers: { twosms: true } }, 'active', realm));
  assert.equal(idsIn((await portal.send('GET', path, { token })).json).length, 2);
});

test('an account of many pages comes whole, in order of creation; one without users is empty', async () => {
  const realm = await portal.openAccount();
  const caller = await portal.create({ administers: { directory: true } }, 'active', realm);
  const token = await portal.tokenOf(caller);
  assert.deepEqual(idsIn((await portal.send('GET', path, { token })).json), []);
  const empty = await portal.send('GET', path, { token, accept: 'text/xml' });
  assert.match(empty.text, /<Detail><\/Detail><\/ResponseData><\/ResponseOfListOfUser>$/);
  const users = await Promise.all(Array.from({ length: 1_001 }, () => portal.create({}, 'active', realm)));
  const inOrder = users.toSorted((a, b) => a.key - b.key).map(idOf);
  assert.deepEqual(idsIn((await portal.send('GET', path, { token })).json), inOrder);
  const { text } = await portal.send('GET', path, { token, accept: 'text/xml' });
  assert.deepEqual(
    [...text.matchAll(/<User><ID>([^<]+)/g)].map(([, id]) => id),
    inOrder,
  );
});
