import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import type { Commit } from '#core/directory.ts';
import type { Token } from '#core/token.ts';
import { type Known, KnownTokens } from './known-tokens.ts';

let known: KnownTokens;
beforeEach(() => {
  known = new KnownTokens();
  remember('one', { user: 1 });
  remember('other', { user: 1 });
  remember('client', { client: 'app' });
  remember('both', { user: 2, client: 'app' });
  remember('namesake', { client: 'app', dialect: 'twosms' });
});

function remember(hash: string, holder: Partial<Token>): void {
  const row = {
    hash,
    id: hash,
    dialect: 'accela',
    use: 'access',
    signedIn: false,
    rights: null,
    createdAt: '',
  } as const;
  const entry: Known = { token: { ...row, ...holder }, actor: systemActor, client: undefined, inactive: undefined };
  known.remember(hash, entry);
}

const all = ['one', 'other', 'client', 'both', 'namesake'];
const remembered = () => all.filter((hash) => known.get(hash) !== undefined);
function commit({
  users = [],
  tokens = [],
  clients = [],
}: {
  users?: number[];
  tokens?: string[];
  clients?: string[];
}) {
  const touched: Commit = {
    users: new Set(users),
    tokens: new Set(tokens),
    clients: new Set(clients),
    realms: new Set(),
  };
  known.onCommit(touched);
}

test('a token is forgotten alone', () => {
  commit({ tokens: ['one', 'unknown'] });
  assert.deepEqual(remembered(), ['other', 'client', 'both', 'namesake']);
});

test('all tokens of a user are forgotten with it, those that a client got among them', () => {
  commit({ users: [1] });
  assert.deepEqual(remembered(), ['client', 'both', 'namesake']);
  commit({ users: [2, 3] });
  assert.deepEqual(remembered(), ['client', 'namesake']);
});

test("all tokens of a client are forgotten with it, and not those of another dialect's client of that id", () => {
  commit({ clients: ['accela app'] });
  assert.deepEqual(remembered(), ['one', 'other', 'namesake']);
});

test('what is forgotten can be remembered anew, and forgotten again', () => {
  commit({ users: [1], tokens: ['one'] });
  remember('one', { user: 1 });
  commit({ users: [1] });
  assert.deepEqual(remembered(), ['client', 'both', 'namesake']);
});

test('every commit is counted, also one that touches nothing known', () => {
  commit({});
  commit({ users: [99] });
  assert.equal(known.commits, 2);
  assert.deepEqual(remembered(), all);
});

test('no more than ten thousand are remembered, and the one that was asked for longest ago is forgotten first', () => {
  known.get('one');
  for (let number = 0; number < 9_996; number++) remember(`more ${number}`, { user: 1000 + number });
  assert.deepEqual(remembered(), ['one', 'client', 'both', 'namesake']);
  assert.notEqual(known.get('more 0'), undefined);
  commit({ users: [1] });
  assert.deepEqual(remembered(), ['client', 'both', 'namesake']);
});
