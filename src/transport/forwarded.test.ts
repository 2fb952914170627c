import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { addressOf, originOf, plainAddress, trustedProxies } from './forwarded.ts';

const proxies = trustedProxies(['loopback', '10.0.0.0/8', '2001:db8::/32']);

/** Just what is read of a request. */
const requestFrom = (remoteAddress: string | undefined, headers: IncomingHttpHeaders = {}): IncomingMessage =>
  ({ socket: { remoteAddress, localAddress: '::ffff:10.1.1.1', localPort: 7400 }, headers }) as IncomingMessage;

const addresses: readonly [what: string, peer: string | undefined, forwardedFor: string | undefined, is: string][] = [
  ['a peer that says nothing', '192.0.2.1', undefined, '192.0.2.1'],
  ['a peer that nobody trusts', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
  ['behind a proxy', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['behind several', '127.0.0.1', '198.51.100.7, 10.2.3.4, ::1', '198.51.100.7'],
  ['behind one, with something made up', '10.0.0.1', '127.0.0.1, 203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['behind proxies alone', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
  ['with ports and brackets', '2001:db8::1', '[2001:DB9::5]:4711, 10.0.0.2:80', '2001:DB9::5'],
  ['a proxy that hides whom it speaks for', '10.0.0.1', '198.51.100.7, unknown, 10.0.0.2', '10.0.0.2'],
  ['what is no address', '10.0.0.1', '<script>', '10.0.0.1'],
  ['an empty field', '10.0.0.1', '', '10.0.0.1'],
  ['a peer that has gone', undefined, '198.51.100.7', ''],
];

for (const [what, peer, forwardedFor, is] of addresses) {
  test(`the address of ${what}`, () => {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    assert.equal(addressOf(requestFrom(peer, headers), proxies), is);
  });
}

const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'users.example.com' };

const origins: readonly [what: string, peer: string, headers: IncomingHttpHeaders, is: string][] = [
  ['what was asked for', '192.0.2.1', { host: 'mouse:7400' }, 'http://mouse:7400'],
  ['forged fields', '192.0.2.1', { host: 'mouse', ...forwarded }, 'http://mouse'],
  ['what a proxy says', '10.0.0.1', { host: 'mouse', ...forwarded }, 'https://users.example.com'],
  ['a proxy that says the protocol alone', '10.0.0.1', { host: 'a.b', 'x-forwarded-proto': 'https' }, 'https://a.b'],
  ['several proxies', '10.0.0.1', { host: 'm', 'x-forwarded-host': 'evil, good:8443' }, 'http://good:8443'],
  ['another protocol', '10.0.0.1', { host: 'm', 'x-forwarded-proto': 'javascript' }, 'http://m'],
  ['IPv6', '192.0.2.1', { host: '[::1]:7400' }, 'http://[::1]:7400'],
  ['a host that is none', '192.0.2.1', { host: 'x/"><script>' }, 'http://10.1.1.1:7400'],
  ['no host', '192.0.2.1', {}, 'http://10.1.1.1:7400'],
];

for (const [what, peer, headers, is] of origins) {
  test(`the origin by ${what}`, () => assert.equal(originOf(requestFrom(peer, headers), proxies), is));
}

test('an address is taken without what is added to it, and nothing else for one', () => {
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1');
  for (const text of ['', 'localhost', '1.2.3', '1.2.3.4.5', '[1.2.3.4', undefined]) {
    assert.equal(plainAddress(text), undefined, `${text}`);
  }
});

test('a list of proxies holds what it says and nothing else', () => {
  for (const inside of ['127.0.0.1', '127.8.8.8', '::1', '10.255.0.1', '2001:db8:1::1', '::ffff:10.0.0.1']) {
    assert.ok(proxies.trusts(inside), inside);
  }
  for (const outside of ['11.0.0.1', '2001:db9::1', '::2', 'loopback', '', '192.168.0.1']) {
    assert.ok(!proxies.trusts(outside), outside);
  }
  for (const wrong of ['', 'x', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/8/8', 'all']) {
    assert.throws(() => trustedProxies([wrong]), /must be addresses, networks/, wrong);
  }
});
