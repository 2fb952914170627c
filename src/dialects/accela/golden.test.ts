import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { type AccelaServer, startAccela } from './start-accela.ts';

interface Golden {
  /** Written first, to bring a new user into a known state. */
  readonly given: JsonObject;
  readonly request: { readonly method: string; readonly path: string; readonly body: JsonObject };
  readonly response: { readonly status: number; readonly body: JsonObject };
}

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

const folder = new URL('./golden/', import.meta.url);

for (const name of readdirSync(folder)) {
  test(`golden: ${name}`, async () => {
    const user = await server.create();
    const text = readFileSync(new URL(name, folder), 'utf8')
      .replaceAll('"{id}"', String(user.ids['accela']))
      .replaceAll('{id}', String(user.ids['accela']))
      .replaceAll('{loginName}', String(user.fields.username));
    const { given, request, response } = JSON.parse(text) as Golden;
    assert.equal((await server.put(user, given)).status, 200);
    const { status, body } = await server.call(request.method, request.path, { body: request.body });
    assert.deepEqual({ status, body }, response);
  });
}
