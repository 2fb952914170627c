import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Answer, administrator, idOf, openPortal, type Portal } from './test-client.ts';

const types = {
  json: ['application/json', 'text/json'],
  xml: ['application/xml', 'text/xml'],
  form: ['application/x-www-form-urlencoded'],
} as const;

const golden = (name: string) => readFileSync(new URL(`golden/update-user.${name}`, import.meta.url), 'utf8').trim();

/** An answer in JSON is laid out in its golden file for reading; an answer in XML stands there as it is. */
function assertGolden(answer: Answer, name: string, ids: Readonly<Record<string, string>> = {}): void {
  const text = golden(name).replace(/\{([a-z]+)\}/g, (place, id) => ids[id] ?? place);
  assert.equal(answer.text, name.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text);
}

async function withPortal(run: (portal: Portal) => Promise<void>): Promise<void> {
  const portal = await openPortal();
  try {
    await run(portal);
  } finally {
    await portal.server.close();
  }
}

for (const format of ['json', 'xml', 'form'] as const) {
  for (const type of types[format]) {
    const answerFormat = format === 'form' ? 'json' : format;
    const answerType = `${format === 'form' ? 'application/json' : type}; charset=utf-8`;

    test(`the vendor's sample as ${type} answers 400 naming every member that is wrong in it`, () =>
      withPortal(async (portal) => {
        const user = await portal.create();
        const answer = await portal.put(idOf(user), golden(`sample.request.${format}`), { type, accept: answerType });
        assert.equal(answer.status, 400);
        assert.equal(answer.headers.get('content-type'), answerType);
        assertGolden(answer, `sample.response.${answerFormat}`);
        assert.equal((await portal.read(user)).version, user.version);
      }));

    test(`the corrected sample as ${type} answers 200 with the user`, () =>
      withPortal(async (portal) => {
        const user = await portal.create({ patch: { 'profile.language': 'fr' } });
        portal.server.clock.advance(1500);
        const answer = await portal.put(idOf(user), golden(`corrected.request.${format}`), {
          type,
          accept: answerType,
        });
        const realm = await portal.server.directory.realm(user.realm);
        const ids = { id: idOf(user), account: realm.ids['twosms'] ?? '', caller: idOf(await administrator(portal)) };
        assertGolden(answer, `corrected.response.${answerFormat}`, ids);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('content-type'), answerType);
        const { fields } = await portal.read(user);
        assert.equal(fields['profile.displayName'], 'sample string 6');
        assert.equal(fields['phone.number'], '+12025550112');
        assert.equal(fields['profile.timeZone'], 'Europe/London');
        assert.equal(fields['profile.language'], 'en');
        assert.deepEqual(fields.administers, ['twosms']);
        assert.ok(fields['password.setAt'] && fields['pin.setAt']);
      }));
  }
}
