import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { type Answer, startCaller } from './test-caller.ts';

interface Golden {
  /** The user that is there before. */
  readonly given?: JsonObject;
  readonly request: { readonly method: string; readonly path: string; readonly body?: JsonObject };
  readonly response: { readonly status: number; readonly etag?: string; readonly body: JsonObject };
}

const folder = new URL('./golden/', import.meta.url);

for (const name of readdirSync(folder)) {
  test(`golden: ${name}`, async (context) => {
    const { call, create } = await startCaller(context);
    const { given, request, response } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden;
    const { id } = given ? await create(given) : { id: '' };
    const answer = await call(request.method, request.path.replace('{id}', id), request.body);
    assert.deepEqual(masked(answer, response.etag !== undefined), response);
  });
}

/** What differs from run to run is named instead. */
function masked({ status, headers, body }: Answer, withTag: boolean): object {
  const { id, ids, changes, ...rest } = body;
  const masks = {
    ...(id === undefined ? {} : { id: '{id}', ids: '{ids}' }),
    ...(changes === undefined ? {} : { changes: changes.map(maskedChange) }),
  };
  return { status, ...(withTag ? { etag: headers.get('etag') } : {}), body: { ...rest, ...masks } };
}

function maskedChange({ actor, ...change }: { actor: object }): object {
  return { ...change, position: '{position}', request: '{request}', actor: { ...actor, id: '{actor}' } };
}
