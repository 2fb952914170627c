import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs, printResult, scattered } from './load.ts';
import { RawHttp } from './raw-http.ts';
import { filled, type Template, templateOf, zitadel } from './scenarios.ts';

/**
 * Sends ZITADEL's update at an even pace, whether or not earlier ones have been answered, and measures each from the
 * moment at which it was due: what waits for its turn counts as waiting. (wrk knows no pace, and autocannon sends what
 * a second may have at its beginning.) Arguments: origin, token, the file of ids, requests/s, seconds.
 */
const [, , origin = '', token = '', file = '', rate = '1000', seconds = '3'] = process.argv;
const ids = readFileSync(file, 'utf8').trim().split('\n');
const template = templateOf(zitadel, token);
const gapMs = 1000 / Number(rate);
/** Code is compiled before anything counts. */
const warmUpMs = 500;
const count = Math.floor((warmUpMs + Number(seconds) * 1000) / gapMs);
const latencies: number[] = [];
let failed = 0;

interface Due {
  readonly request: Template;
  readonly dueAt: number;
}

/** Connections that wait for nothing, and what is due and has no connection yet. */
const idle = await Promise.all(Array.from({ length: 256 }, () => RawHttp.open(origin)));
const waiting: Due[] = [];

/** Asks for this, and then for whatever waits. */
async function send(connection: RawHttp, first: Due): Promise<void> {
  for (let due: Due | undefined = first; due !== undefined; due = waiting.shift()) {
    const answered = await connection.ask(due.request);
    if (due.dueAt < startAt + warmUpMs) continue;
    latencies.push(nowMs() - due.dueAt);
    if (answered === undefined) failed += 1;
  }
  idle.push(connection);
}

const startAt = nowMs();
// Numbers that no earlier run has sent: each update has to change something.
const firstNumber = Math.floor(startAt) % 1e8;
const sending: Promise<void>[] = [];
for (let sent = 0; sent < count; ) {
  const dueAt = startAt + sent * gapMs;
  if (dueAt > nowMs()) {
    await sleep(1);
    continue;
  }
  const n = firstNumber + sent++;
  const due = { request: filled(template, scattered(ids, n) ?? '', n), dueAt };
  const connection = idle.pop();
  if (connection === undefined) waiting.push(due);
  else sending.push(send(connection, due));
}
await Promise.all(sending);
printResult(latencies, failed, nowMs() - startAt - warmUpMs);
for (const connection of idle) connection.close();
