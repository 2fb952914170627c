import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { JsonObject } from '#core/json.ts';
import {
  badIds,
  badNewUsers,
  badTokens,
  badUsers,
  lenient,
  malformed,
  type Text,
  taken,
  type Wire,
  wires,
} from './hostile-cases.ts';
import { otherRealm, type RestRequest, type Served, serve } from './test-session.ts';

interface Told {
  readonly code: number;
  readonly text: string;
}

let served: Served;
let id: number;
let minnie: string;
let stranger: string;
let narrow: string;
before(async (t) => {
  served = await serve(t as never);
  id = await served.insert({ login: 'minnie', data: { old: [1] } });
  minnie = (await served.signIn('minnie')).accessToken;
  const system = served.server.directory.as(systemActor, { dialect: 'directory' });
  for (const username of ['daisy', 'straße', 'ｆｕｌｌ']) {
    await system.run(createUser, { realm: 1, kind: 'human', patch: { username } });
  }
  stranger = (await otherRealm(served)).token;
  const payload = { userId: 1, actions: ['GetNetwork'] };
  narrow = String((await served.owner.ask('token/create', { payload })).accessToken);
});

/** One message on a connection of its own, as it stands; what is told must have the vendor's shape. */
async function overSocket(text: string, token: string | null = served.server.token): Promise<Told> {
  const peer = new WebSocket(`${served.server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  try {
    if (token !== null) {
      peer.send(JSON.stringify({ action: 'authenticate', token }));
      await once(peer, 'message');
    }
    peer.send(text);
    const [frame] = await once(peer, 'message');
    const answer = JSON.parse(String(frame));
    if (answer.status === 'success') return { code: 200, text: 'success' };
    const echoed = 'action' in answer ? ['action', 'requestId'] : [];
    assert.deepEqual(Object.keys(answer), [...echoed, 'code', 'status', 'error']);
    assert.equal(answer.status, 'error');
    return { code: answer.code, text: answer.error };
  } finally {
    peer.close();
  }
}

async function overRest(operation: string, request: RestRequest): Promise<Told> {
  const { status, body, headers } = await served.rest(operation, request);
  if (status < 300) return { code: status, text: 'success' };
  assert.deepEqual(Object.keys(body), ['error', 'message']);
  assert.equal(body.error, status);
  assert.equal(headers.get('content-type')?.split(';')[0], 'application/json');
  return { code: status, text: body.message };
}

/** The same wish over one wire or the other: `source` is REST's body, and `name` what it is over WebSocket. */
const operations = {
  'user/update': { name: 'user', rest: () => `PUT /user/${id}` },
  'user/insert': { name: 'user', rest: () => 'POST /user' },
  token: { name: undefined, rest: () => 'POST /token' },
  'token/refresh': { name: undefined, rest: () => 'POST /token/refresh' },
  'token/create': { name: 'payload', rest: () => 'POST /token/create' },
} as const;

function wish(wire: Wire, action: keyof typeof operations, source: string, token?: string | null): Promise<Told> {
  const { name, rest } = operations[action];
  if (wire === 'rest') return overRest(rest(), { text: source, ...(token === undefined ? {} : { token }) });
  const members = name === undefined ? source.trim().slice(1, -1) : `"${name}":${source}`;
  const beside = action === 'user/update' ? `"userId":${id},` : '';
  return overSocket(`{"action":"${action}",${beside}"requestId":1${members === '' ? '' : ','}${members}}`, token);
}

/** Everything that a refused request must leave as it was. */
async function state(): Promise<unknown> {
  const { store } = served.server;
  const { users } = await store.find({ op: 'all' }, { offset: 0, limit: 100 });
  const changes = await store.feed(undefined, 1000);
  return { users: users.map(({ activity: _, ...user }) => user), changes: changes.length };
}

async function refuses(
  request: () => Promise<Told>,
  code: number,
  text: Text,
  wire: Wire,
  what: string,
): Promise<void> {
  const present = await state();
  const told = await request();
  const wanted = typeof text === 'object' && !(text instanceof RegExp) ? text[wire] : text;
  assert.equal(told.code, code, `${what}: ${told.text}`);
  if (wanted instanceof RegExp) assert.match(told.text, wanted, what);
  else assert.equal(told.text, wanted, what);
  assert.doesNotMatch(told.text, /\.ts\b|node:|\n\s+at /, what);
  assert.deepEqual(await state(), present, what);
}

for (const wire of wires) {
  describe(`over ${wire}`, () => {
    test('a bad user changes nothing', async () => {
      for (const [source, code, text] of badUsers) {
        await refuses(() => wish(wire, 'user/update', source), code, text, wire, source.slice(0, 80));
      }
    });

    test('a bad new user is not made', async () => {
      for (const [source, code, text] of badNewUsers) {
        await refuses(() => wish(wire, 'user/insert', source), code, text, wire, source.slice(0, 80));
      }
    });

    test('bad wishes for tokens give none', async () => {
      for (const [action, source, code, text] of badTokens) {
        const request = () => wish(wire, action as keyof typeof operations, source);
        await refuses(request, code, text, wire, `${action} ${source.slice(0, 80)}`);
      }
    });

    test('ids of nobody, and what is no id', async () => {
      for (const [source, code, text] of badIds) {
        const inPath = encodeURIComponent(String(source.startsWith('"') ? JSON.parse(source) : source));
        const get = () =>
          wire === 'rest'
            ? overRest(`GET /user/${inPath}`, {})
            : overSocket(`{"action":"user/get","requestId":1,"userId":${source}}`);
        const update = () =>
          wire === 'rest'
            ? overRest(`PUT /user/${inPath}`, { body: { data: { a: 1 } } })
            : overSocket(`{"action":"user/update","requestId":1,"userId":${source},"user":{"data":{"a":1}}}`);
        const remove = () =>
          wire === 'rest'
            ? overRest(`DELETE /user/${inPath}`, {})
            : overSocket(`{"action":"user/delete","requestId":1,"userId":${source}}`);
        for (const request of [get, update, remove]) await refuses(request, code, text, wire, source);
      }
    });

    test('no token, a wrong one, one without the right, one of another realm', async () => {
      const source = '{"data":{"a":1}}';
      const callers: [string | null, number, Text][] = [
        [null, 401, 'Unauthorized'],
        ['x', 401, 'Unauthorized'],
        [`${minnie}x`, 401, 'Unauthorized'],
        [narrow, 403, 'Access is denied'],
        [stranger, 404, `User with id = ${id} not found`],
      ];
      for (const [token, code, text] of callers) {
        await refuses(() => wish(wire, 'user/update', source, token), code, text, wire, String(token));
      }
      const promote = () => wish(wire, 'user/update', '{"role":0}', minnie);
      await refuses(promote, 403, 'Admin permissions required for this action', wire, 'a user-level account');
      const insert = () => wish(wire, 'user/insert', '{"login":"mouse","role":0,"password":"secret"}', minnie);
      await refuses(insert, 403, 'Access is denied', wire, 'a user-level account');
    });

    test('what the vendor takes becomes what the table says', async () => {
      const login = `lenient-${wire}`;
      for (const [source, changed] of lenient) {
        const made = await served.insert({ login, data: { keep: 1 } });
        const present = await served.read(made);
        const told =
          wire === 'rest'
            ? await overRest(`PUT /user/${made}`, { text: source.replace('minnie', login) })
            : await overSocket(`{"action":"user/update","userId":${made},"user":${source.replace('minnie', login)}}`);
        assert.deepEqual(told, { code: wire === 'rest' ? 204 : 200, text: 'success' }, source);
        const data = JSON.parse(source).data === undefined ? {} : { data: JSON.parse(source).data };
        assert.equal(
          JSON.stringify(await served.read(made)),
          JSON.stringify({ ...present, ...data, ...changed }),
          source,
        );
        await served.owner.ask('user/delete', { userId: made });
      }
    });

    test('two updates that race on one user leave one of them, on one name one of the two', async () => {
      const [one, other] = [
        await served.insert({ login: `one-${wire}` }),
        await served.insert({ login: `other-${wire}` }),
      ];
      const update = (user: number, body: JsonObject) =>
        wire === 'rest'
          ? overRest(`PUT /user/${user}`, { body })
          : overSocket(JSON.stringify({ action: 'user/update', userId: user, user: body }));
      const wishes = [
        { data: { n: 1 }, introReviewed: true },
        { data: { n: 2 }, introReviewed: false },
      ];
      await Promise.all(wishes.map((body) => update(one, body)));
      const { data, introReviewed } = await served.read(one);
      assert.ok(wishes.some((body) => JSON.stringify(body) === JSON.stringify({ data, introReviewed })));
      const told = await Promise.all([one, other].map((user) => update(user, { login: `Same-${wire}` })));
      assert.deepEqual(told.map(({ code }) => code).sort(), [wire === 'rest' ? 204 : 200, 403]);
      assert.ok(told.some(({ text }) => text === taken));
    });
  });
}

test('what is no JSON, is too much of it, or goes by another name, over REST', async () => {
  const xml = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>';
  const type = (name: string) => ({ 'content-type': name });
  const unsupported = 'Content-Type must be application/json.';
  const requests: [RestRequest, number, Text][] = [
    [{ text: '{"data":' }, 400, malformed],
    [{ text: "{'data':{}}" }, 400, malformed],
    [{ text: '\uFEFF{"data":{}}' }, 400, malformed],
    [{ text: xml }, 400, malformed],
    [{ text: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }, 400, malformed],
    [{ text: gzipSync('{"data":{"a":1}}'), headers: { 'content-encoding': 'gzip' } }, 400, malformed],
    [{ text: xml, headers: type('text/xml') }, 415, unsupported],
    [{ text: 'data=x', headers: type('application/x-www-form-urlencoded') }, 415, unsupported],
    [{ text: '{"data":{}}', headers: type('text/plain') }, 415, unsupported],
    [{ text: '{"data":{}}', headers: type('json') }, 415, 'Content-Type must be a media type.'],
    [{ text: `{"data":{"a":"${'x'.repeat(1_048_576)}"}}` }, 413, 'The body must have at most 1048576 bytes.'],
    [{ text: `{"more":${'['.repeat(500_000)}` }, 400, malformed],
  ];
  for (const [request, code, text] of requests) {
    await refuses(() => overRest(`PUT /user/${id}`, request), code, text, 'rest', String(request.text).slice(0, 60));
  }
  for (const path of ['/user/%00', '/user/%zz', '/user/%ff', `/user/${'9'.repeat(5_000)}`, '/user/2%2f3']) {
    await refuses(() => overRest(`PUT ${path}`, { body: {} }), 400, malformed, 'rest', path.slice(0, 40));
  }
});

test('what is no JSON or too much of it over WebSocket', async () => {
  for (const text of ['{"data":', "{'action':'server/info'}", '\uFEFF{}', '<x/>', '', 'null', '{"action"']) {
    await refuses(() => overSocket(text), 400, malformed, 'socket', text);
  }
  for (const [frame, code] of [
    [' '.repeat(1_048_577), 1009],
    [Buffer.from('{}'), 1003],
  ] as const) {
    const peer = new WebSocket(`${served.server.origin.replace('http', 'ws')}/dh/websocket`);
    await once(peer, 'open');
    peer.send(frame);
    assert.equal((await once(peer, 'close'))[0], code);
  }
});
