import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkout } from './checkout.ts';
import { startChild } from './child.ts';

test('the tour updates one user through four APIs, and shows that each sees what the others did', async (context) => {
  const child = startChild(context, ['npm', 'run', 'tour'], { cwd: checkout(context) });
  child.running.catch(() => {});
  assert.equal(await child.ended, 0, child.err());
  const [, updates = '', views = '', history = ''] = child.out().split(/\n\n(?=One user|The same user|Her history)/);

  for (const request of [
    /PUT \/v2\/users\/human\/\d+/,
    /WebSocket \/dh\/websocket/,
    /PUT \/v4\/citizenaccess\/citizens\/\d+/,
  ]) {
    assert.match(updates, request);
  }
  assert.match(updates, /PUT \/api\/v1\/admin\/users\/[0-9a-f-]{36}\n +→ <User>/);
  assert.equal(updates.match(/← (200 OK|success) /g)?.length, 4);

  // What one API wrote, another shows.
  const [, zitadel = '', devicehive = '', accela = '', twosms = ''] = views.split(
    /\n {2}(?=ZITADEL|DeviceHive|Accela|2sms)/,
  );
  assert.match(zitadel, /"displayName": "Minnie Mouse"/);
  assert.match(zitadel, /"phone": "\+12015550123"/);
  assert.match(devicehive, /"data": \{"theme": "dark"\}/);
  assert.match(accela, /"email": "mini@mouse\.com"/);
  assert.match(twosms, /<MobilePhone>2015550123<\/MobilePhone>/);

  for (const via of ['directory', 'zitadel', 'devicehive', 'accela', 'twosms']) {
    assert.equal(history.match(new RegExp(` via ${via}\n`, 'g'))?.length, 1, via);
  }
  assert.match(history, /email\.address +"old@mouse\.com" → "mini@mouse\.com"/);
  assert.match(history, /profile\.displayName +"Minnie" → "Minnie Mouse"/);
  assert.ok(!child.out().includes('\u001b'), 'plain where there is no terminal');
});
