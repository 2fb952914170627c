import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHasher } from '#auth/argon-hasher.ts';
import { sources } from '#auth/hashes/test-vectors.ts';
import { systemActor } from '#core/actor.ts';
import { nameKey } from '#core/names.ts';
import type { Log } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import { startServer, type TestServer } from './server.ts';
import { stores } from './stores.ts';

// People come over with the passwords that they have, whatever kept them: the first login of each makes its hash ours.

const lines: string[] = [];
const log: Log = {
  debug: (...line) => lines.push(JSON.stringify(line)),
  info: (...line) => lines.push(JSON.stringify(line)),
  warn: (...line) => lines.push(JSON.stringify(line)),
  error: (...line) => lines.push(JSON.stringify(line)),
};
// Cheap, but of more passes than what comes: so every hash is worth renewing.
const hasher = createHasher({ memoryCost: 8, timeCost: 3, deadlineMs: 2_000 });

/** One of each form. */
const vectors = sources
  .flatMap((source) => source.vectors)
  .filter(([password]) => password.length > 0 && !password.includes('\0'))
  .filter(([, hash], at, all) => all.findIndex(([, other]) => formOf(other) === formOf(hash)) === at);

function formOf(hash: string): string {
  return /^(\$[^$]+\$(ln=)?|\{\w+\}|)/.exec(hash)?.[0] ?? '';
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

for (const store of stores) {
  describe(`on ${store.name}`, () => {
    let server: TestServer;
    let people = 0;
    before(async () => {
      server = await startServer(await store.environment(), { hasher, log });
    });
    after(() => server.close());

    const send = async (method: string, path: string, body: object, authorized = true): Promise<Reply> => {
      const headers = {
        'content-type': 'application/json',
        ...(authorized ? { authorization: `Bearer ${server.token}` } : {}),
      };
      const answer = await fetch(server.origin + path, { method, headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    };
    const signIn = (login: string, password: string) => send('POST', '/dh/rest/token', { login, password }, false);

    /** A new user with that hash, as the vendor's clients import one. */
    async function come(password: object) {
      const username = `comer-${++people}`;
      const profile = { givenName: 'Minnie', familyName: 'Mouse' };
      const person = { username, profile, email: { email: `${username}@mouse.test`, isVerified: true }, ...password };
      const reply = await send('POST', '/v2/users/human', person);
      assert.equal(reply.status, 200, reply.text);
      const id = (JSON.parse(reply.text) as { userId: string }).userId;
      const key = (await server.directory.resolve('zitadel', id)) ?? 0;
      return { username, id, key, reply };
    }

    async function kept(key: number) {
      const { secrets, users } = await server.store.load({ users: [key], secretsOf: [key] });
      const secret = secrets.get(key)?.find(({ name }) => name === 'password') as Secret<'password'> | undefined;
      return { revision: secret?.revision, hash: secret?.doc.hash ?? '', ...users.get(key)?.activity };
    }

    async function assertNowhere(key: number, hash: string, replies: readonly Reply[]): Promise<void> {
      const history = await server.directory.as(systemActor, { dialect: 'directory' }).changesOf(key);
      const told = [...replies.map(({ text }) => text), JSON.stringify(history), ...lines].join('\n');
      const digest = hash.slice(-16);
      assert.ok(!told.includes(digest) && !told.includes('$argon2id$'), told);
    }

    for (const [password, hash] of vectors) {
      test(`${formOf(hash) || 'plain MD5'} comes with its user; a wrong password is counted, the right one renews it`, async () => {
        const { username, key, reply } = await come({ hashedPassword: { hash } });
        assert.deepEqual(await kept(key), { revision: 1, hash, failedAttempts: 0 });
        const wrong = await signIn(username, `${password}x`);
        assert.equal(wrong.status, 401);
        assert.deepEqual(await kept(key), { revision: 1, hash, failedAttempts: 1 });
        const right = await signIn(username, password);
        assert.equal(right.status, 201, right.text);
        const renewed = await kept(key);
        assert.match(renewed.hash, /^\$argon2id\$v=19\$m=/);
        assert.deepEqual([renewed.revision, renewed.failedAttempts], [1, 0]);
        assert.notEqual(renewed.hash, hash);
        assert.equal((await signIn(username, `${password}x`)).status, 401);
        assert.equal((await signIn(username, password)).status, 201);
        assert.equal((await kept(key)).hash, renewed.hash);
        await assertNowhere(key, hash, [reply, wrong, right]);
      });

      test(`${formOf(hash) || 'plain MD5'} is put in the place of a password, and proves that its user may set another`, async () => {
        const { username, id, key } = await come({ password: { password: 'Secr3tP4ssw0rd!' } });
        const path = `/v2/users/human/${id}`;
        const taken = await send('PUT', path, { password: { hashedPassword: { hash } } });
        assert.equal(taken.status, 200, taken.text);
        assert.equal((await signIn(username, 'Secr3tP4ssw0rd!')).status, 401);
        const next = { password: { password: 'An0ther!Secret' } };
        const wrong = await send('PUT', path, { password: { ...next, currentPassword: `${password}x` } });
        assert.deepEqual([wrong.status, /COMMAND-3M0fs/.test(wrong.text)], [400, true]);
        assert.deepEqual(await kept(key), { revision: 2, hash, failedAttempts: 2 });
        const proved = await send('PUT', path, { password: { ...next, currentPassword: password } });
        assert.equal(proved.status, 200, proved.text);
        assert.equal((await signIn(username, 'An0ther!Secret')).status, 201);
        assert.equal((await kept(key)).revision, 3);
        await assertNowhere(key, hash, [taken, wrong, proved]);
      });
    }

    test('a check that takes too long is told as such on each wire, and counts as no wrong password', async () => {
      const { username, id, key } = await come({ password: { password: 'Secr3tP4ssw0rd!' } });
      const hash = `$6$rounds=999999999$salt$${'A'.repeat(85)}.`;
      const endless = { user: key, name: 'password', revision: 1, doc: { hash } } as const;
      await server.store.apply([{ putSecrets: [endless] }]);
      const next = { password: { password: { password: 'An0ther!Secret' }, currentPassword: 'Secr3tP4ssw0rd!' } };
      const [session, update] = await Promise.all([
        signIn(username, 'Secr3tP4ssw0rd!'),
        send('PUT', `/v2/users/human/${id}`, next),
      ]);
      assert.equal(session.status, 504, session.text);
      assert.deepEqual(JSON.parse(update.text), {
        code: 4,
        message: 'The password could not be checked in time; try again.',
      });
      assert.equal(update.status, 504);
      assert.deepEqual(await kept(key), { revision: 1, hash, failedAttempts: 0 });
    });

    test('what is beyond the ceiling is refused by its id, and changes nothing', async () => {
      const { id, key } = await come({ password: { password: 'Secr3tP4ssw0rd!' } });
      const before = await kept(key);
      const refused = {
        'CRYPT-2xK7d': '$y$j9T$salt$digest',
        'CRYPT-5uV9n': `$6$rounds=999999999$salt$${'A'.repeat(85)}.`,
        'CRYPT-r8Qm2': '$6$salt$digest',
      };
      for (const [errorId, hash] of Object.entries(refused)) {
        const profile = { givenName: 'Minnie', familyName: 'Mouse' };
        const person = { username: errorId, profile, email: { email: 'minnie@mouse.test' } };
        const replies = [
          await send('PUT', `/v2/users/human/${id}`, { password: { hashedPassword: { hash } } }),
          await send('POST', '/v2/users/human', { ...person, hashedPassword: { hash } }),
        ];
        for (const { status, text } of replies) {
          assert.equal(status, 400);
          assert.match(text, new RegExp(errorId));
        }
        assert.equal((await server.store.load({ names: [nameKey(errorId)] })).names.size, 0);
        assert.deepEqual(await kept(key), before);
      }
    });
  });
}
