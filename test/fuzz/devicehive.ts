import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import { Refusal } from '#dialects/devicehive/errors.ts';
import { routes } from '#dialects/devicehive/routes.ts';
import { jsonOf } from './answers.ts';
import type { FuzzedDialect, Operation } from './operation.ts';
import { like, membersLike } from './plausible.ts';

const user = {
  login: 'fuzz-1',
  role: 1,
  status: 0,
  password: 'Pa55word',
  data: { jsonString: '{"a":1}', tags: ['a', null, { b: 1.5 }] },
  introReviewed: true,
  allDeviceTypesAvailable: true,
};

/** What the vendor's clients send beside the action; the vendor publishes no schema. For others it is all of it. */
const samples: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  authenticate: { token: 'x' },
  token: { login: 'person-1', password: 'Pa55word' },
  'token/create': {
    payload: {
      userId: 1,
      actions: ['GetNetwork', '*'],
      networkIds: [1],
      deviceTypeIds: ['*'],
      expiration: '2030-01-01',
    },
  },
  'token/refresh': { refreshToken: 'x' },
  'user/delete': { userId: 'id' },
  'user/get': { userId: 'id' },
  'user/insert': { user },
  'user/update': { userId: 'id', user },
  'user/updateCurrent': { user },
};
const everything = {
  ...Object.assign({}, ...Object.values(samples)),
  networkId: 1,
  deviceTypeId: 1,
  take: 10,
  skip: 0,
};

const requestId = fc.constantFrom<Json[]>('r-1', 7, null, { batch: 7, part: ['c'] }, '');

/** What belongs to the action is there as a rule. */
function messageLike(sample: Readonly<Record<string, Json>>): fc.Arbitrary<Json> {
  const whole = fc.record(Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, like(value, name)])));
  return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: membersLike(sample) });
}

/** The table has something to call for each action; what is not built refuses before it looks at anything. */
async function isBuilt({ handle }: (typeof routes)[number]): Promise<boolean> {
  try {
    await handle({ params: {} } as never, {} as never, {} as never);
  } catch (error) {
    return !(error instanceof Refusal && error.code === 501);
  }
  return true;
}

/** DeviceHive's actions, as messages over its WebSocket. */
export const fuzzed: FuzzedDialect = {
  name: 'devicehive',
  socket: '/dh/websocket',
  operations: await Promise.all(
    routes.map(async (route): Promise<Operation> => {
      const { action } = route;
      const messages = fc.tuple(requestId, messageLike(samples[action] ?? everything));
      const body = messages.map(([id, rest]) => ({ action, requestId: id, ...(rest as object) }));
      return { name: action, isBuilt: await isBuilt(route), body };
    }),
  ),
  isRefusal: (answer) => {
    const json = jsonOf(answer) as Partial<Record<string, unknown>> | undefined;
    return json?.['status'] === 'error' && typeof json['code'] === 'number' && typeof json['error'] === 'string';
  },
};
