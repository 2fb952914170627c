import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import { parseLinkTemplate } from './link-template.ts';

const [user, code, realm] = [{ insert: 'user' }, { insert: 'code' }, { insert: 'realm' }];

test('reads texts, fields, comments and trim markers', () => {
  const cases: [string, unknown[]][] = [
    ['https://example.com/', ['https://example.com/']],
    ['?u={{.UserID}}&c={{ .Code }}&o={{\t.OrgID\n}}', ['?u=', user, '&c=', code, '&o=', realm]],
    ['{{.Code}}{{.Code}}', [code, code]],
    ['a {{- .Code -}} b', ['a', code, 'b']],
    ['a {{.Code -}}\n {{- .OrgID}} b', ['a ', code, realm, ' b']],
    ['a{{/* {{.Nothing}} */}}b{{- /* c */ -}} d', ['abd']],
    ['}} { {.Code}}', ['}} { {.Code}}']],
  ];
  for (const [template, parts] of cases) assert.deepEqual(parseLinkTemplate(template), parts, template);
});

test('tells what does not parse from a field that does not exist', () => {
  const idOf = (template: string) => {
    const error = parseLinkTemplate(template);
    assert.ok(error instanceof DirectoryError, template);
    return error.facts.id;
  };
  for (const template of [
    '{{',
    '{{.Code',
    '{{}}',
    '{{Code}}',
    '{{.Code}',
    '{{-.Code}}',
    '{{/* a */ */}}',
    '{{if .Code}}',
  ]) {
    assert.equal(idOf(template), 'DOMAIN-oGh5e', template);
  }
  for (const template of ['{{.Secret}}', '{{.code}}', '{{.constructor}}']) {
    assert.equal(idOf(template), 'DOMAIN-ieYa7', template);
  }
});

test('a text of many blanks takes no longer than its length', () => {
  // Where it took the square of that, for twenty minutes.
  const blanks = ' '.repeat(1_000_000);
  assert.deepEqual(parseLinkTemplate(`${blanks}x{{- .Code}}`), [`${blanks}x`, { insert: 'code' }]);
  assert.deepEqual(parseLinkTemplate(`x${blanks}{{- .Code -}}${blanks}`), ['x', { insert: 'code' }]);
});
