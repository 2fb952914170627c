import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleResults } from './sample-results.ts';
import { sectionsOf } from './sections.ts';

const rowsOf = (title: string) => sectionsOf(sampleResults).find((section) => section.title === title)?.rows ?? [];

test('a goal is met by the median', () => {
  const rows = rowsOf('Goals').map(([, store, ...row]) => [store, ...row].join(' | '));
  assert.deepEqual(rows, [
    'embedded SQLite | ≥ 0.80 | 0.85 | 0.75 to 0.90 | yes',
    'PostgreSQL | ≥ 0.55 | 0.50 | 0.50 to 0.50 | no',
    'embedded SQLite | ≤ 20 ms | 25 ms | 12 ms to 31 ms; bare Fastify PUT 3 ms | no',
    'embedded SQLite | ≥ 0.90 | 0.95 | 0.91 to 0.97 | yes',
    'embedded SQLite | ≥ 30,000 users/s | 31,234 users/s |  | yes',
  ]);
});

test('the goals that have not been measured are named', () => {
  const { says = [] } = sectionsOf(sampleResults).find(({ title }) => title === 'Goals') ?? {};
  assert.match(says.at(-1) ?? '', /^Not measured in this run: .*users\/s of `muster seed`, PostgreSQL\.$/);
});

test('a peer stands beside the bare server and beside Muster with each store', () => {
  const row = rowsOf('Beside others').find(([name]) => name === 'slapd');
  assert.deepEqual(row, [
    'slapd',
    '64',
    '2,000',
    '0.20 (0.20 to 0.25)',
    '3.75 (3.60 to 4.25)',
    '2.50 (2.00 to 2.50)',
    '0',
  ]);
});

test('each dialect has a row for each store', () => {
  const rows = rowsOf('Through each dialect').map((row) => row.slice(0, 6).join(' | '));
  assert.deepEqual(rows, [
    'zitadel | 256 | embedded SQLite | 8,500 | 10,000 | 0.85 (0.75 to 0.90)',
    'zitadel | 256 | PostgreSQL | 5,000 | 10,000 | 0.50 (0.50 to 0.50)',
  ]);
});

test('what could not be measured is among the conditions, with what would mend it', () => {
  const row = ['pgbench is not available', 'pgbench is not installed: apt-get install postgresql'];
  assert.deepEqual(rowsOf('Conditions').at(-1), row);
});
