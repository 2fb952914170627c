import type { AddressInfo } from 'node:net';
import { systemActor } from '#core/actor.ts';
import { epochMsOf, instantOf } from '#core/instant.ts';
import type { Clock, Log } from '#core/ports.ts';
import { dialects } from '#dialects/index.ts';
import { compose } from '#muster/compose.ts';
import { readConfig } from '#muster/config.ts';
import { cheapHasher } from '#test/directory.ts';
import { ManualClock, seededRandom } from '#test/manual.ts';
import { makeCallers } from './callers.ts';
import { People } from './people.ts';
import { password } from './plausible.ts';
import type { Asked, Told } from './server.ts';
import { verifyDirectory } from './verify.ts';

// The server that is fuzzed, as a process of its own: its parent sends it requests, and asks it things beside them.

const tell = (told: Told): void => void process.send?.(told);

/** Every look at it is a moment later, so that what is bounded per minute does not come to a stand. */
class PassingClock implements Clock {
  #epochMs = epochMsOf(new ManualClock().now());

  now(): string {
    this.#epochMs += 20;
    return instantOf(this.#epochMs);
  }

  async pause(ms: number): Promise<void> {
    this.#epochMs += ms;
  }
}

/** Errors in the log are bugs: requests alone must not cause any. */
const log: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (facts, text) => tell({ fault: `the log says: ${text} ${JSON.stringify(facts, errorsToo)}` }),
};

function errorsToo(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

/** What every object inherits; nothing that comes over the wire may add to it. */
const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype];
const inherited = (): string => JSON.stringify(prototypes.map((prototype) => Reflect.ownKeys(prototype).length));

const token = 'an-administrator-token-for-tests';
const environment = {
  MUSTER_STORE: 'sqlite::memory:',
  MUSTER_ADMIN_TOKEN: token,
  MUSTER_ADMIN_PASSWORD: password,
};
const [clock, random] = [new PassingClock(), seededRandom()];
const muster = await compose(readConfig([], environment, dialects), log, { clock, random, hasher: cheapHasher });
const { directory, http } = muster;
const system = directory.as(systemActor, { dialect: 'directory' });
const people = new People(system);
const callers = await makeCallers(people, system);
const before = inherited();

http.server.on('request', ({ method, url }, response) => {
  response.once('close', () => {
    if (inherited() !== before) tell({ fault: `every object inherits something new, no later than ${method} ${url}` });
  });
});
process.on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') tell({ fault: `a warning: ${name} ${message}` });
});
process.on('disconnect', () => process.exit());

const everybody = { offset: 0, limit: 1000 };

const answers: Readonly<Record<Asked['ask'], () => Promise<unknown>>> = {
  people: () => people.present(),
  sample: async () => {
    const humans = { op: 'kind', kind: 'human' } as const;
    const { users } = await muster.store.find({ op: 'and', filters: [humans, { op: 'realm', realm: 1 }] }, everybody);
    return users.map(({ ids }) => ids).toSorted(() => (random.bytes(1)[0] ?? 0) - 128);
  },
  heap: async () => heapInUse(),
  verify: async () => {
    const wrong = inherited() === before ? [] : ['every object inherits something new'];
    return [...wrong, ...(await verifyDirectory(muster))];
  },
};

/** Bytes that are still held after collecting what is not, buffers included. */
function heapInUse(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', async ({ number, ask }: Asked) => {
  tell({ number, answer: await answers[ask]() });
});
await http.listen({ host: '127.0.0.1', port: 0 });
const { port } = http.server.address() as AddressInfo;
tell({ started: { port, owner: token, callers } });
