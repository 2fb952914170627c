import { readFileSync } from 'node:fs';
import { nowMs, printResult } from './load.ts';
import { RawHttp } from './raw-http.ts';
import { filled, scenarios, templateOf } from './scenarios.ts';

/**
 * Sends a scenario's request once for each id, over so many connections that the server is never idle.
 * Arguments: origin, token, the file of ids, the name of the scenario.
 */
const [, , origin = '', token = '', file = '', name = ''] = process.argv;
const scenario = scenarios.find((one) => one.name === name);
if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
const ids = readFileSync(file, 'utf8').trim().split('\n');
const template = templateOf(scenario, token);
const latencies: number[] = [];
let [failed, next] = [0, 0];

async function drive(): Promise<void> {
  const connection = await RawHttp.open(origin);
  for (let n = next++; n < ids.length; n = next++) {
    const askedAt = nowMs();
    if ((await connection.ask(filled(template, ids[n] ?? '', n))) === undefined) failed += 1;
    latencies.push(nowMs() - askedAt);
  }
  connection.close();
}

const startAt = nowMs();
await Promise.all(Array.from({ length: 64 }, drive));
printResult(latencies, failed, nowMs() - startAt);
