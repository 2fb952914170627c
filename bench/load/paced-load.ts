import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs, printResult, scattered } from './load.ts';
import { filled, templateOf, zitadel } from './scenarios.ts';

/**
 * Sends ZITADEL's update at an even pace, whether or not earlier ones have been answered, and measures each from the
 * moment at which it was due: what waits for its turn counts as waiting. (wrk knows no pace, and autocannon sends what
 * a second may have at its beginning.) Arguments: origin, token, the file of ids, requests/s, seconds.
 */
const [, , origin = '', token = '', file = '', rate = '1000', seconds = '3'] = process.argv;
const ids = readFileSync(file, 'utf8').trim().split('\n');
const template = templateOf(zitadel, token);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const gapMs = 1000 / Number(rate);
/** Connections are opened, and code is compiled, before anything counts. */
const warmUpMs = 500;
const count = Math.floor((warmUpMs + Number(seconds) * 1000) / gapMs);
const latencies: number[] = [];
let failed = 0;

async function send(n: number, dueAt: number): Promise<void> {
  const { method, path, headers, body } = filled(template, scattered(ids, n) ?? '', n);
  const sent = request(origin + path, { method, headers, agent });
  sent.end(body);
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  await once(answer?.resume() ?? sent, 'end');
  if (dueAt < startAt + warmUpMs) return;
  latencies.push(nowMs() - dueAt);
  if (answer?.statusCode !== 200) failed += 1;
}

const startAt = nowMs();
// Numbers that no earlier run has sent: each update has to change something.
const first = Math.floor(startAt) % 1e8;
const sending: Promise<void>[] = [];
while (sending.length < count) {
  const dueAt = startAt + sending.length * gapMs;
  if (dueAt > nowMs()) await sleep(1);
  else sending.push(send(first + sending.length, dueAt));
}
await Promise.all(sending);
agent.destroy();
printResult(latencies, failed, nowMs() - startAt - warmUpMs);
