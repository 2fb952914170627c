import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs, printResult, scattered } from './load.ts';
import { filled, templateOf, zitadel } from './scenarios.ts';

/**
 * Sends ZITADEL's update at an even pace, whether or not earlier ones have been answered, and measures each from the
 * moment at which it was due: what waits for its turn counts as waiting. (wrk knows no pace, and autocannon sends what
 * a second may have at its beginning.) It speaks HTTP over bare sockets, as Node's own client would take a third of a
 * processor from the server that is measured. Arguments: origin, token, the file of ids, requests/s, seconds.
 */
const [, , origin = '', token = '', file = '', rate = '1000', seconds = '3'] = process.argv;
const { hostname, port, host } = new URL(origin);
const ids = readFileSync(file, 'utf8').trim().split('\n');
const template = templateOf(zitadel, token);
const gapMs = 1000 / Number(rate);
/** Code is compiled before anything counts. */
const warmUpMs = 500;
const count = Math.floor((warmUpMs + Number(seconds) * 1000) / gapMs);
const latencies: number[] = [];
let failed = 0;

/** Connections that wait for nothing. */
const idle: Socket[] = [];
/** What is due and has no connection yet. */
const waiting: { readonly bytes: string; readonly dueAt: number }[] = [];
const dueOf = new Map<Socket, number>();
const answered = Promise.withResolvers<void>();
let open = count;

function requestOf(n: number): string {
  const { method, path, headers, body } = filled(template, scattered(ids, n) ?? '', n);
  const fields = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) });
  return `${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

function send(socket: Socket, { bytes, dueAt }: { bytes: string; dueAt: number }): void {
  dueOf.set(socket, dueAt);
  socket.write(bytes);
}

async function connection(): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
    const headEnd = text.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
    if (headEnd < 0 || text.length < headEnd + 4 + Number(length ?? 0)) return;
    settle(socket, text.startsWith('HTTP/1.1 200 ') && length !== undefined);
    text = '';
  });
  socket.on('error', () => {});
  socket.on('close', () => dueOf.has(socket) && settle(socket, false));
  return socket;
}

function settle(socket: Socket, isGood: boolean): void {
  const dueAt = dueOf.get(socket) ?? 0;
  dueOf.delete(socket);
  if (dueAt >= startAt + warmUpMs) {
    latencies.push(nowMs() - dueAt);
    if (!isGood) failed += 1;
  }
  const next = waiting.shift();
  if (next !== undefined) send(socket, next);
  else idle.push(socket);
  open -= 1;
  if (open === 0) answered.resolve();
}

idle.push(...(await Promise.all(Array.from({ length: 256 }, connection))));
const startAt = nowMs();
// Numbers that no earlier run has sent: each update has to change something.
const first = Math.floor(startAt) % 1e8;
for (let sent = 0; sent < count; ) {
  const dueAt = startAt + sent * gapMs;
  if (dueAt > nowMs()) {
    await sleep(1);
    continue;
  }
  const due = { bytes: requestOf(first + sent++), dueAt };
  const socket = idle.pop();
  if (socket === undefined) waiting.push(due);
  else send(socket, due);
}
await answered.promise;
printResult(latencies, failed, nowMs() - startAt - warmUpMs);
process.exit();
