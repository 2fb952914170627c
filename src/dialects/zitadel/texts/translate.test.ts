import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startClient } from '#dialects/zitadel/test-client.ts';
import { de } from './de.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import type { Text } from './texts.ts';
import { translate } from './translate.ts';

const text = 'User could not be found';

test('the language is the one that the caller likes best, of those that there are', () => {
  const cases: readonly (readonly [header: string | undefined, expected: string])[] = [
    [undefined, text],
    ['', text],
    ['de', de[text]],
    ['DE', de[text]],
    ['de-CH', de[text]],
    ['fr-CA, de;q=0.9', fr[text]],
    ['de;q=0.3, it;q=0.8, es;q=0.5', it[text]],
    ['de;q=0.5, es', es[text]],
    ['pl, es;q=0.1', es[text]],
    ['de;q=0, fr;q=0.1', fr[text]],
    ['en, de', text],
    ['en-GB;q=0.9, de;q=0.8', text],
    ['pl', text],
    ['*', text],
    ['de;q=x, ;;,=', text],
    ['-', text],
    ['\u0000', text],
    ['__proto__', text],
    [`${'pl,'.repeat(2000)}de`, de[text]],
  ];
  for (const [header, expected] of cases)
    assert.equal(translate(text, header), expected, header?.slice(0, 40) ?? 'no header');
});

test('every language has its own words for every text', () => {
  for (const texts of [de, es, fr, it]) {
    for (const [english, translated] of Object.entries(texts)) {
      assert.ok(translated.trim() === translated && translated !== '' && translated !== english, english);
    }
    assert.equal(new Set(Object.values(texts)).size, Object.keys(texts).length);
  }
});

test('an error is told in the language of Accept-Language, in message and details alike', async (t) => {
  const client = await startClient(t);
  const ask = (acceptLanguage: string) =>
    client.send('GET', '/v2/users/404', undefined, { 'accept-language': acceptLanguage });
  for (const [header, texts] of Object.entries({ 'de-CH,de;q=0.9,en;q=0.1': de, es, fr, it })) {
    const { status, body } = await ask(header);
    assert.deepEqual([status, body.code, body.message], [404, 5, `${texts[text]} (QUERY-Dfbg2)`]);
    assert.deepEqual(body.details[0].message, texts[text]);
  }
  assert.equal((await ask('pl')).body.message, `${text} (QUERY-Dfbg2)`);
  const headers = { 'accept-language': 'it', authorization: 'Bearer wrong' };
  const { body } = await client.send('GET', '/v2/users/1', undefined, headers);
  assert.equal(body.message, `${it['Token is invalid']} (AUTH-7fs1e)`);
});

test('rules of the message are told in English whatever the language, as there', async (t) => {
  const client = await startClient(t);
  const { body } = await client.put(await client.seed(), { username: '' }, { 'accept-language': 'de' });
  assert.equal(
    body.message,
    'invalid UpdateHumanUserRequest.Username: value length must be between 1 and 200 runes, inclusive',
  );
});

test('a text that is missing in a language does not compile', () => {
  // @ts-expect-error: one text is not all of them
  const incomplete: typeof de = { 'User could not be found': 'x' };
  const known: Text = 'User could not be found';
  assert.equal(incomplete[known], 'x');
});
