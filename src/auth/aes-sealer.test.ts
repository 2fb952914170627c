import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSealer } from './aes-sealer.ts';
import { systemRandom } from './system-random.ts';

const oldKey = new Uint8Array(32).fill(1);
const newKey = new Uint8Array(32).fill(2);
const sealer = createSealer([oldKey], systemRandom);

test('opens what it sealed, and seals it differently each time', () => {
  for (const text of ['', '482913', 'käse 🧀']) assert.equal(sealer.open(sealer.seal(text, 'pin'), 'pin'), text);
  assert.notEqual(sealer.seal('482913', 'pin'), sealer.seal('482913', 'pin'));
  assert.doesNotMatch(sealer.seal('482913', 'pin'), /482913/);
});

test('opens nothing at another purpose, nor what was altered or cut', () => {
  const sealed = sealer.seal('482913', 'pin 7');
  assert.throws(() => sealer.open(sealed, 'pin 8'));
  const middle = sealed.length - 10;
  const altered = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
  assert.throws(() => sealer.open(altered, 'pin 7'));
  assert.throws(() => sealer.open(sealed.slice(0, -8), 'pin 7'));
  assert.throws(() => sealer.open(sealed.slice(0, 12), 'pin 7'));
});

test('a new key opens what the old one sealed while both are held, and seals by itself', () => {
  const rotated = createSealer([newKey, oldKey], systemRandom);
  assert.equal(rotated.open(sealer.seal('482913', 'pin'), 'pin'), '482913');
  assert.throws(() => sealer.open(rotated.seal('482913', 'pin'), 'pin'), /MUSTER_SECRET_KEY does not hold/);
  assert.equal(rotated.macs('rex', 'answer').length, 2);
  assert.equal(rotated.macs('rex', 'answer')[1], sealer.macs('rex', 'answer')[0]);
});

test('a keyed digest is the same each time, and another for another text, purpose or key', () => {
  const [mac] = sealer.macs('rex', 'answer');
  assert.match(mac, /^[0-9a-f]{64}$/);
  assert.deepEqual(sealer.macs('rex', 'answer'), [mac]);
  assert.notEqual(sealer.macs('rax', 'answer')[0], mac);
  assert.notEqual(sealer.macs('rrex', 'answe')[0], mac);
  assert.notEqual(createSealer([newKey], systemRandom).macs('rex', 'answer')[0], mac);
});
