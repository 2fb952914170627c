import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from './histogram.ts';
import { Metrics, mergedText } from './metrics.ts';

test('a histogram counts each value in every bucket that holds it', () => {
  const counts = new Histogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 3]) counts.observe(value);
  const lines = counts
    .samples('x', { a: 'b' })
    .map(({ metricName, labels, value }) => [metricName, labels['le'], value]);
  assert.deepEqual(lines, [
    ['x_bucket', 1, 2],
    ['x_bucket', 2, 3],
    ['x_bucket', '+Inf', 4],
    ['x_sum', undefined, 6],
    ['x_count', undefined, 4],
  ]);
});

test('tells requests by dialect, method and class of status, and never what a caller made up', async () => {
  const metrics = new Metrics(() => 0);
  const count = metrics.requestsOf('alpha');
  count('PUT', 200, 30);
  count('PUT', 204, 30);
  count('GET', 404, 1);
  count('BREW', 405, 1);
  const text = await metrics.text();
  const name = 'muster_http_request_duration_seconds';
  assert.match(text, new RegExp(`^${name}_count{dialect="alpha",method="PUT",status="2xx"} 2$`, 'm'));
  assert.match(text, new RegExp(`^${name}_bucket{dialect="alpha",method="PUT",status="2xx",le="0.025"} 0$`, 'm'));
  assert.match(text, new RegExp(`^${name}_bucket{dialect="alpha",method="PUT",status="2xx",le="0.05"} 2$`, 'm'));
  assert.match(text, new RegExp(`^${name}_sum{dialect="alpha",method="PUT",status="2xx"} 0.06$`, 'm'));
  assert.match(text, new RegExp(`^${name}_count{dialect="alpha",method="GET",status="4xx"} 1$`, 'm'));
  assert.match(text, new RegExp(`^${name}_count{dialect="alpha",method="OTHER",status="4xx"} 1$`, 'm'));
  assert.doesNotMatch(text, /BREW/);
});

test('tells batches, messages, refusals and what is read when it is asked for', async () => {
  let now = 0;
  const metrics = new Metrics(() => now);
  metrics.committed(3, 4);
  const answered = metrics.messagesOf('/ws')();
  now = 4;
  answered();
  metrics.refused('alpha', 'not_found');
  metrics.refused('alpha', 'not_found');
  let waiting = 5;
  metrics.gauge('muster_waiting', 'How many wait.', async () => waiting);
  metrics.counter('muster_ever_total', 'How many ever.', () => 9);
  waiting = 7;
  const text = await metrics.text();
  for (const line of [
    'muster_writer_batch_commands_sum 3',
    'muster_writer_commit_seconds_sum 0.004',
    'muster_socket_message_duration_seconds_count{path="/ws"} 1',
    'muster_refusals_total{dialect="alpha",code="not_found"} 2',
    'muster_waiting 7',
    '# TYPE muster_waiting gauge',
    'muster_ever_total 9',
    '# TYPE muster_ever_total counter',
    '# TYPE process_cpu_seconds_total counter',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test('what several processes have is added up, but for what all of them see the same', async () => {
  const ofEach = [2, 3].map((value) => {
    const metrics = new Metrics(() => 0);
    metrics.gauge('muster_own', 'Each has some.', () => value);
    metrics.gauge('muster_shared', 'All see the same, one sooner than the other.', () => value, 'max');
    return metrics.figures();
  });
  const text = await mergedText(await Promise.all(ofEach));
  assert.match(text, /^muster_own 5$/m);
  assert.match(text, /^muster_shared 3$/m);
});
