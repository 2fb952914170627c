import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import type { JsonObject } from '#core/json.ts';
import { routes } from './routes.ts';
import { serve, told } from './test-session.ts';

const frame = async (peer: WebSocket, text: string): Promise<JsonObject> => {
  const answered = once(peer, 'message');
  peer.send(text);
  const [answer] = await answered;
  return JSON.parse(String(answer));
};

test('action and requestId come back as they were sent, nulls where there were none', async (t) => {
  const { server } = await serve(t);
  const peer = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  t.after(() => peer.close());
  for (const requestId of ['r1', 5, null, { a: [1] }, [true], false, '']) {
    const answer = await frame(peer, JSON.stringify({ action: 'server/info', requestId }));
    assert.deepEqual(Object.keys(answer), ['action', 'requestId', 'status', 'info']);
    assert.deepEqual([answer.action, answer.requestId, answer.status], ['server/info', requestId, 'success']);
  }
  assert.deepEqual(await frame(peer, '{"action":"user/getCurrent"}'), {
    action: 'user/getCurrent',
    requestId: null,
    code: 401,
    status: 'error',
    error: 'Unauthorized',
  });
});

test('any requestId comes back as it went in: every digit, every key, every order', async (t) => {
  const { server } = await serve(t);
  const peer = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  t.after(() => peer.close());
  const sources = [
    '12345678901234567890',
    '-0.10e+400',
    '"\\ud800\\u0000"',
    '{"__proto__":{"role":0},"constructor":{"prototype":1},"2":1,"1":[ 9007199254740993 ]}',
    '[{"requestId":1}, "}", null]',
    '"12345678901234567890"',
  ];
  for (const source of sources) {
    for (const action of ['"server/info"', '"user/get"', '12345678901234567890']) {
      peer.send(`{"requestId": ${source}, "action": ${action}}`);
      const [answer] = await once(peer, 'message');
      assert.ok(String(answer).startsWith(`{"action":${action},"requestId":${source},`), String(answer));
      assert.ok(JSON.parse(String(answer)).status);
    }
  }
});

test('frames that are no message, and actions that are none', async (t) => {
  const { server } = await serve(t);
  const peer = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  t.after(() => peer.close());
  const malformed = { code: 400, status: 'error', error: 'Malformed Json received.' };
  const tooDeep = `{"action":"server/info","requestId":${'['.repeat(32)}${']'.repeat(32)}}`;
  for (const text of ['', 'x', '[]', 'null', '5', '"x"', '{"action":', tooDeep]) {
    assert.deepEqual(await frame(peer, text), malformed, text);
  }
  const unparsed = { code: 500, status: 'error', error: "'action' field could not be parsed to known endpoint" };
  for (const action of [null, '', {}, []]) {
    const answer = await frame(peer, JSON.stringify({ action, requestId: 1 }));
    assert.deepEqual(answer, { action, requestId: 1, ...unparsed });
  }
  assert.deepEqual(await frame(peer, '{}'), { action: null, requestId: null, ...unparsed });
  for (const action of ['user/fly', 'constructor', '__proto__', 5, true]) {
    const { code, error } = await frame(peer, JSON.stringify({ action }));
    assert.deepEqual([code, error], [400, `Illegal argument: ${action}`]);
  }
});

test('a __proto__ in a message is plain data', async (t) => {
  const { owner, insert, read } = await serve(t);
  const id = await insert({ login: 'proto', data: JSON.parse('{"__proto__":{"role":0}}') });
  assert.equal(JSON.stringify((await read(id)).data), '{"__proto__":{"role":0}}');
  await owner.ask('user/update', { userId: id, user: JSON.parse('{"__proto__":{"role":0}}') });
  assert.equal((await read(id)).role, 1);
});

test('every protected action asks for a token, then for one that allows it', async (t) => {
  const { owner, connect } = await serve(t);
  const anybody = await connect();
  const payload = { userId: 1, actions: [1], networkIds: [], deviceTypeIds: [] };
  const nobody = await connect(String((await owner.ask('token/create', { payload })).accessToken));
  const needing = routes.filter(({ needs }) => needs !== undefined);
  assert.equal(needing.length, 18);
  for (const { action } of needing) {
    assert.deepEqual(await told(anybody.ask(action)), [401, 'Unauthorized'], action);
    assert.deepEqual(await told(nobody.ask(action)), [403, 'Access is denied'], action);
  }
});

test('an action that is known but not there says so', async (t) => {
  const { owner } = await serve(t);
  const unbuilt = [
    'cluster/info',
    'server/cacheInfo',
    'user/allowAllDeviceTypes',
    'user/assignDeviceType',
    'user/assignNetwork',
    'user/disallowAllDeviceTypes',
    'user/getDeviceType',
    'user/getDeviceTypes',
    'user/getNetwork',
    'user/unassignDeviceType',
    'user/unassignNetwork',
  ];
  for (const action of unbuilt) {
    assert.deepEqual(await told(owner.ask(action)), [501, `Muster does not have ${action} yet.`]);
  }
});

test('server/info has the version, the time and the address of the REST API', async (t) => {
  const { server, connect } = await serve(t);
  const { info } = await (await connect()).ask('server/info');
  assert.deepEqual(info, {
    apiVersion: '4.1.0',
    serverTimestamp: server.clock.now().slice(0, -1),
    restServerUrl: `${server.origin}/dh/rest`,
  });
});

test('messages of one connection are answered in order', async (t) => {
  const { server, owner, insert } = await serve(t);
  const id = await insert({ login: 'order' });
  const peer = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  t.after(() => peer.close());
  const answers: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    peer.on('message', (text) => {
      if (answers.push(JSON.parse(String(text)).requestId) === 42) resolve();
    });
  });
  const send = (message: object) => peer.send(JSON.stringify(message));
  send({ action: 'authenticate', token: server.token, requestId: 0 });
  for (let requestId = 1; requestId <= 40; requestId++) {
    send({ action: 'user/update', userId: id, user: { data: { requestId } }, requestId });
  }
  send({ action: 'server/info', requestId: 41 });
  await all;
  assert.deepEqual(answers, [...Array(42).keys()]);
  assert.deepEqual(((await owner.ask('user/get', { userId: id })).user as JsonObject).data, { requestId: 40 });
});
