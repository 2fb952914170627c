import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import DeviceHive from 'devicehive';
import { type Served, serve } from './test-session.ts';

const { User, query } = DeviceHive.models;

/** The addresses that the client is given: of one service, or of two. */
const services: Readonly<Record<string, (origin: string) => object>> = {
  WebSocket: (origin) => ({ mainServiceURL: `${origin.replace('http', 'ws')}/dh/websocket` }),
  HTTP: (origin) => ({ mainServiceURL: `${origin}/dh/rest`, authServiceURL: `${origin}/dh/rest` }),
};

for (const [transport, urls] of Object.entries(services)) {
  describe(`over ${transport}`, () => worksOver(urls));
}

function worksOver(urls: (origin: string) => object): void {
  /** The vendor's own client, with its default options. */
  async function connect({ server }: Served, t: { after(work: () => unknown): void }, credentials: object) {
    const client = new DeviceHive({ ...urls(server.origin), ...credentials });
    await client.connect();
    t.after(() => client.disconnect());
    return client;
  }

  test('an administrator works with users through the vendor client', async (t) => {
    const served = await serve(t);
    const client = await connect(served, t, { login: 'admin', password: served.server.password });
    assert.equal((await client.info.getServerInfo()).apiVersion, '4.1.0');
    const fresh = new User({ login: 'minnie', role: 1, status: 0, password: 'secret', data: { a: 1 } });
    const { id } = await client.user.insert(fresh);
    const found = await client.user.get(id);
    assert.deepEqual([found.login, found.role, found.data], ['minnie', 1, { a: 1 }]);
    const listed = await client.user.list(new query.UserListQuery({ loginPattern: 'm%', role: 1, sortField: 'login' }));
    assert.deepEqual(
      listed.map(({ login }) => login),
      ['minnie'],
    );
    assert.deepEqual([(await client.user.list()).length, await client.user.count()], [2, { count: 2 }]);
    await client.user.update(new User({ ...found, data: { b: 2 }, introReviewed: true }));
    await client.user.update(new User({ id, status: 2 }));
    const after = await client.user.get(id);
    assert.deepEqual([after.data, after.introReviewed, after.status], [{ b: 2 }, true, 2]);
    await assert.rejects(
      client.user.insert(fresh),
      (error) => error === 'User with such login already exists. Please, select another one',
    );
    await client.user.delete(id);
    await assert.rejects(client.user.get(id), (error) => error === `User with id = ${id} not found`);
    const me = await client.user.getCurrent();
    await client.user.updateCurrent(new User(me));
    assert.deepEqual(await client.user.getCurrent(), me);
  });

  test('a user-level account connects, renews its session and updates itself', async (t) => {
    const served = await serve(t);
    const id = await served.insert({ login: 'minnie', data: { keep: true } });
    const client = await connect(served, t, { login: 'minnie', password: 'a password' });
    await client.user.updateCurrent(new User({ introReviewed: true }));
    const me = await client.user.getCurrent();
    assert.deepEqual([me.id, me.introReviewed, me.data], [id, true, { keep: true }]);
    await client.user.update(new User({ id, data: { own: 1 } }));
    assert.deepEqual((await client.user.getCurrent()).data, { own: 1 });
    const denied = (error: unknown) => error === 'Admin permissions required for this action';
    await assert.rejects(client.user.updateCurrent(new User({ role: 0 })), denied);
    served.server.clock.advance(31 * 60_000);
    assert.equal((await client.user.getCurrent()).id, id);
  });

  test('the client connects with the tokens that it was given, and with a refresh token alone', async (t) => {
    const served = await serve(t);
    await served.insert({ login: 'minnie' });
    const { accessToken, refreshToken } = await served.signIn('minnie');
    const one = await connect(served, t, { accessToken });
    assert.equal((await one.user.getCurrent()).login, 'minnie');
    const two = await connect(served, t, { refreshToken });
    assert.equal((await two.user.getCurrent()).login, 'minnie');
  });
}
