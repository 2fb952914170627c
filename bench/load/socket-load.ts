import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { nowMs, printResult, scattered } from './load.ts';

/**
 * Drives DeviceHive's `user/update` over WebSocket connections, each of which waits for its answer.
 * Arguments: origin, token, the file of ids, connections, seconds.
 */
const [, , origin = '', token = '', file = '', connections = '64', seconds = '3'] = process.argv;
const ids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
const latencies: number[] = [];
let [failed, count] = [0, Math.floor(nowMs())];

async function drive(until: number): Promise<void> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/dh/websocket`);
  await once(socket, 'open');
  const ask = async (message: object): Promise<void> => {
    socket.send(JSON.stringify(message));
    const [answer] = await once(socket, 'message');
    if (JSON.parse(String(answer)).status !== 'success') failed += 1;
  };
  await ask({ action: 'authenticate', token });
  while (nowMs() < until) {
    const userId = scattered(ids, count);
    const start = nowMs();
    await ask({
      action: 'user/update',
      requestId: String(count),
      userId,
      user: { data: { theme: 'dark', visits: count++ } },
    });
    latencies.push(nowMs() - start);
  }
  socket.close();
}

const start = nowMs();
await Promise.all(Array.from({ length: Number(connections) }, () => drive(start + Number(seconds) * 1000)));
printResult(latencies, failed, nowMs() - start);
