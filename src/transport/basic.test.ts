import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBasic } from './basic.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');

test('the name ends at the first colon; the password may hold more of them, and anything else', () => {
  assert.deepEqual(parseBasic(`Basic ${encode('app:s3:crét %41')}`), { name: 'app', password: 's3:crét %41' });
  assert.deepEqual(parseBasic(`bASIC  ${encode(':')} `), { name: '', password: '' });
});

test('another scheme, none, and what is no pair are nothing', () => {
  for (const header of [undefined, '', 'Basic', 'Basic !', `Basic ${encode('app')}`, `Bearer ${encode('a:b')}`]) {
    assert.equal(parseBasic(header), undefined, String(header));
  }
});
