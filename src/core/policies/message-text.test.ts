import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { MessageContent } from '#core/message.ts';
import { phrases } from './message-phrases.ts';
import { renderMessage } from './message-text.ts';

const hourMs = 3_600_000;
const content: MessageContent = {
  kind: 'email',
  code: 'ABC123',
  link: 'https://example.com/?u=1&c=ABC123',
  name: 'Minnie Mouse',
  language: 'en',
};

test('a mail says what the code is for, how long it holds, and the link', () => {
  assert.deepEqual(renderMessage(content, hourMs), {
    subject: 'Confirm your mail address',
    text: `Hello Minnie Mouse,

Your code to confirm this mail address is ABC123. It is valid for 60 minutes.

Or open this link: https://example.com/?u=1&c=ABC123

If you have not asked for this, ignore this message.`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Confirm your mail address</title></head>
<body>
<p>Hello Minnie Mouse,</p>
<p>Your code to confirm this mail address is <strong>ABC123</strong>. It is valid for 60 minutes.</p>
<p>Or open this link: <a href="https://example.com/?u=1&amp;c=ABC123">https://example.com/?u=1&amp;c=ABC123</a></p>
<p>If you have not asked for this, ignore this message.</p>
</body>
</html>
`,
    short: `Your code to confirm this mail address is ABC123. It is valid for 60 minutes.
https://example.com/?u=1&c=ABC123`,
  });
});

test('each language has its own words for everything', () => {
  assert.deepEqual([...phrases.keys()], ['en', 'de', 'fr', 'it', 'es']);
  const said = new Set<string>();
  const kinds = ['email', 'phone', 'password', 'invite'] as const;
  for (const language of phrases.keys()) {
    for (const kind of kinds) {
      const { subject, text, html, short } = renderMessage({ ...content, kind, language }, hourMs);
      for (const one of [subject, text, html, short]) said.add(one);
      for (const one of [text, html, short]) assert.match(one, /ABC123/);
    }
  }
  assert.equal(said.size, phrases.size * kinds.length * 4);
});

test('an invitation says what it is to', () => {
  const invite = { ...content, kind: 'invite', application: '<Mouse>\nHouse $&' } as const;
  const { text, html, short } = renderMessage({ ...invite, language: 'de' }, hourMs);
  for (const said of [text, short]) assert.match(said, /der Einladung zu <Mouse> House \$& lautet ABC123\./);
  assert.match(html, /der Einladung zu &lt;Mouse&gt; House \$&amp; lautet <strong>ABC123/);
  for (const language of phrases.keys()) {
    const named = renderMessage({ ...invite, language }, hourMs).short;
    assert.ok(named.includes('<Mouse> House $&'), language);
    assert.ok(!renderMessage({ ...invite, kind: 'email', language }, hourMs).short.includes('Mouse'), language);
  }
});

test('a region of a language gets the language, and another language English', () => {
  const subjectIn = (language: string) => renderMessage({ ...content, language }, hourMs).subject;
  assert.equal(subjectIn('de-CH'), 'Bestätigen Sie Ihre E-Mail-Adresse');
  assert.equal(subjectIn('FR'), 'Confirmez votre adresse e-mail');
  for (const language of ['ja', 'den', '', 'constructor'])
    assert.equal(subjectIn(language), 'Confirm your mail address');
});

test('it never holds longer than is said', () => {
  const spanIn = (ms: number, language = 'en') =>
    /valid for (.*)\./.exec(renderMessage({ ...content, language }, ms).short)?.[1];
  const cases: [number, string][] = [
    [0, '1 minute'],
    [59_999, '1 minute'],
    [hourMs - 1, '59 minutes'],
    [2 * hourMs - 1, '119 minutes'],
    [2 * hourMs, '2 hours'],
    [47.9 * hourMs, '47 hours'],
    [72 * hourMs, '3 days'],
  ];
  for (const [ms, said] of cases) assert.equal(spanIn(ms), said);
  assert.match(renderMessage({ ...content, language: 'de' }, hourMs).short, /Er gilt noch 60 Minuten\./);
});

test('only a link of the web is shown', () => {
  const refused = [
    'javascript:alert(1)',
    'data:text/html,x',
    'app://open?c=1',
    'https://',
    'https://a b',
    'https://a\nb',
    '',
  ];
  for (const link of refused) {
    const { text, html, short } = renderMessage({ ...content, link }, hourMs);
    assert.doesNotMatch(html, /<a /, link);
    const { link: _, ...without } = content;
    assert.deepEqual([text, short], [renderMessage(without, hourMs).text, renderMessage(without, hourMs).short], link);
  }
});

test('whatever a name, a code and a link hold, they stay text on their line', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '\r', '\n', '\u2028', '\0', 'a', '/', ' '),
  });
  const link = nasty.map((text) => `https://example.com/?${text}`);
  fc.assert(
    fc.property(nasty, nasty, link, (name, code, url) => {
      const { subject, text, html, short } = renderMessage(
        { ...content, name, code: code.replace(/\s/g, ''), link: url },
        hourMs,
      );
      assert.equal(subject, 'Confirm your mail address');
      const tags = html.replace(/<a href="[^"<>]*">/, '<a>').match(/<[^>]*>/g) ?? [];
      for (const tag of tags) assert.match(tag, /^<(!doctype html|html lang="en"|meta charset="utf-8"|\/?[a-z]+)>$/);
      assert.ok(text.split('\n').length <= 7, text);
      assert.ok(short.split('\n').length <= 2, short);
      assert.doesNotMatch(text.split('\n')[0] ?? '', /[\r\u2028\0]/);
    }),
  );
});

test('a long name is cut', () => {
  const { text } = renderMessage({ ...content, name: '🐭'.repeat(500) }, hourMs);
  assert.equal(text.split('\n')[0], `Hello ${'🐭'.repeat(80)},`);
});
