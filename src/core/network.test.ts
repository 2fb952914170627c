import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from './network.ts';

test('an IPv4 address stands for itself, however it is written', () => {
  const addresses = ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:203.0.113.7'];
  assert.deepEqual(addresses.map(networkOf), Array(3).fill('203.0.113.7'));
});

test('IPv6 addresses of one network of 64 bits are one, and no others', () => {
  const same = ['2001:db8:0:1::', '2001:db8::1:0:0:0:5', '2001:DB8:0:1:ffff:1:2:3', '2001:0db8:0000:0001::9%eth0'];
  assert.deepEqual(new Set(same.map(networkOf)), new Set(['2001:db8:0:1::/64']));
  const others = ['2001:db8::1', '2001:db8:0:2::1', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '64:ff9b::203.0.113.7'];
  const networks = ['2001:db8:0:0', '2001:db8:0:2', '0:0:0:0', 'fe80:0:0:0', '1:2:3:4', '64:ff9b:0:0'];
  assert.deepEqual(
    others.map(networkOf),
    networks.map((network) => `${network}::/64`),
  );
});

test('what is no address stands for itself', () => {
  assert.deepEqual(['', 'somewhere'].map(networkOf), ['', 'somewhere']);
});
