import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Described, type Running, startText } from './welcome.ts';

const dialects: readonly Described[] = [
  {
    name: 'alpha',
    title: 'Alpha v2',
    at: '/v2',
    example: ({ origin, token, id }) => `curl -H "Authorization: Bearer ${token}" ${origin}/v2/${id}`,
  },
  { name: 'beta', title: 'Beta', at: '/beta' },
];
const running: Running = {
  origin: 'http://127.0.0.1:7400',
  listening: 'http://127.0.0.1:7400',
  store: { kind: 'memory' },
  dialects,
  administrator: undefined,
  administratorIds: { alpha: '1', beta: '1' },
};

test('tells the store and the address of each dialect', () => {
  const text = startText(running);
  assert.match(text, /Muster runs at http:\/\/127\.0\.0\.1:7400\n/);
  assert.match(text, /Store +in memory/);
  assert.match(text, /Alpha v2 +http:\/\/127\.0\.0\.1:7400\/v2\n/);
  assert.match(text, /Beta +http:\/\/127\.0\.0\.1:7400\/beta\n/);
  assert.match(startText({ ...running, store: { kind: 'sqlite', path: 'data/muster.db' } }), /Store +data\/muster\.db/);
});

test('clients are shown where they reach it, and its owner where it listens', () => {
  const text = startText({ ...running, origin: 'https://users.example.com' });
  assert.match(text, /Muster runs at https:\/\/users\.example\.com\n/);
  assert.match(text, /Listens at +http:\/\/127\.0\.0\.1:7400\n/);
  assert.match(text, /Alpha v2 +https:\/\/users\.example\.com\/v2\n/);
  assert.doesNotMatch(startText(running), /Listens/);
});

test('a first start shows what was made up, and commands that use it', () => {
  const text = startText({ ...running, administrator: { username: 'admin', password: 'p-made', token: 't-made' } });
  assert.match(text, /name +admin\n +password +p-made\n +token +t-made\n/);
  assert.match(text, /keep it/);
  assert.match(text, /TOKEN='t-made'\n +# Alpha v2\n +curl -H "Authorization: Bearer \$TOKEN" http:.*\/v2\/1\n/);
});

test('a first start with everything given shows no secret and does not ask to keep one', () => {
  const text = startText({ ...running, administrator: { username: 'admin' } });
  assert.match(text, /password +as given\n +token +as given\n/);
  assert.doesNotMatch(text, /keep it/);
});

test('a later start speaks of no password', () => {
  const text = startText(running);
  assert.doesNotMatch(text, /password/);
  assert.match(text, /TOKEN='<the administrator's token>'/);
  assert.doesNotMatch(startText({ ...running, administratorIds: {} }), /TOKEN/);
});
