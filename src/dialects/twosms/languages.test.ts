import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseLanguage } from '#core/locale.ts';
import { languageIdOf, languageOf, languages } from './languages.ts';

test('the list has the common languages, canonical tags, one guid each', () => {
  const tags = languages().map(({ tag }) => tag);
  for (const tag of ['en', 'en-GB', 'en-US', 'de', 'de-CH', 'fr', 'it', 'es', 'pt-BR'])
    assert.ok(tags.includes(tag), tag);
  assert.ok(tags.length >= 60);
  assert.deepEqual(
    tags.map((tag) => normaliseLanguage(tag)),
    tags,
  );
  assert.equal(new Set(languages().map(({ id }) => id)).size, tags.length);
});

test('the guid of a language never changes', () => {
  assert.equal(languageIdOf('en'), 'd0200e2f-1896-56ec-a5af-e90de2e0560c');
  assert.equal(languageIdOf('de-CH'), 'eb255c0a-8707-539f-8a4e-f640e6f7a315');
});

test("a guid is known when it is of the list, or the realm's default", () => {
  assert.equal(languageOf(languageIdOf('fr'), 'gsw'), 'fr');
  assert.equal(languageOf(languageIdOf('gsw'), 'en'), undefined);
  assert.equal(languageOf(languageIdOf('gsw'), 'gsw'), 'gsw');
});
