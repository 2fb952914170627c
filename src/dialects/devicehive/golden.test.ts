import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { serve } from './test-session.ts';

const golden = (name: string): Promise<string> => readFile(new URL(`golden/${name}`, import.meta.url), 'utf8');

test('the vendor page as it stands, then filled in, then what it has made of the user', async (t) => {
  const { server, insert } = await serve(t);
  assert.equal(await insert({ login: 'minnie' }), 2);
  const peer = new WebSocket(`${server.origin.replace('http', 'ws')}/dh/websocket`);
  await once(peer, 'open');
  t.after(() => peer.close());
  const ask = async (text: string): Promise<string> => {
    const answered = once(peer, 'message');
    peer.send(text);
    return String((await answered)[0]);
  };
  await ask(JSON.stringify({ action: 'authenticate', token: server.token }));
  for (const [request, response] of [
    ['user-update.template.request.txt', 'user-update.template.response.json'],
    ['user-update.request.json', 'user-update.response.json'],
    ['user-get.request.json', 'user-get.response.json'],
  ] as const) {
    const answer = await ask(await golden(request));
    assert.equal(JSON.stringify(JSON.parse(answer)), JSON.stringify(JSON.parse(await golden(response))), request);
  }
});
