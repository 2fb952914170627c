import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTarget, type Target } from '#dialects/twosms/hostile-target.ts';
import type { Portal } from '#dialects/twosms/test-client.ts';

let target: Target;
let portal: Portal;
before(async () => {
  target = await openTarget();
  ({ portal } = target);
});
after(() => portal.server.close());

test('requests for tokens that are none', async () => {
  const { client_id, client_secret } = await portal.createClient();
  const form = (more: Record<string, string>) =>
    String(new URLSearchParams({ grant_type: 'client_credentials', ...more }));
  const missing = 'client_id and client_secret are missing: send them in the form or in a Basic header.';
  const wrong = 'The client or its secret is wrong.';
  const requests: readonly [string, error: string, text: string, headers?: Record<string, string>][] = [
    ['', 'invalid_client', missing],
    [JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }), 'invalid_client', missing],
    ['<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><x>&x;</x>', 'invalid_client', missing],
    [form({ client_id: '\u0000', client_secret: '\u0000' }), 'invalid_client', wrong],
    [form({ client_id: `${client_id}\u0000`, client_secret }), 'invalid_client', wrong],
    [form({ client_id: ` ${client_id}`, client_secret }), 'invalid_client', wrong],
    [form({ client_id: 'x'.repeat(100_000), client_secret }), 'invalid_client', wrong],
    [form({ client_id, client_secret: 'x'.repeat(100_000) }), 'invalid_client', wrong],
    [form({ client_id: '__proto__', client_secret: 'constructor', ['__proto__']: 'x' }), 'invalid_client', wrong],
    [
      `${form({ client_id, client_secret })}&CLIENT_ID=${client_id}`,
      'invalid_request',
      'No parameter may be sent twice.',
    ],
    [`${form({ client_id, client_secret })}&x=%ED%A0%80`, 'invalid_request', 'The body must be a form in UTF-8.'],
    [
      form({ client_id, client_secret }),
      'invalid_request',
      'Content-Type must be a media type.',
      { 'content-type': 'x' },
    ],
    [form({}), 'invalid_client', missing, { authorization: 'Basic !' }],
    [
      form({}),
      'invalid_client',
      wrong,
      { authorization: `Basic ${Buffer.from('\xff:\xff', 'latin1').toString('base64')}` },
    ],
    [
      form({ client_id, client_secret, grant_type: 'x'.repeat(1_000) }),
      'unsupported_grant_type',
      'grant_type must be client_credentials or refresh_token.',
    ],
    [
      form({ client_id, client_secret, grant_type: 'refresh_token', refresh_token: portal.server.token }),
      'invalid_grant',
      'The token is not valid.',
    ],
  ];
  const before = await target.everything();
  for (const [body, error, text, headers = {}] of requests) {
    const type = 'application/x-www-form-urlencoded';
    const answer = await portal.send('POST', '/Token', { body, type, token: null, headers });
    const what = body.slice(0, 80);
    assert.deepEqual([answer.status, answer.json], [400, { error, error_description: text }], what);
    assert.equal(answer.headers.get('cache-control'), 'no-cache', what);
  }
  assert.deepEqual(await target.everything(), before);
});
