import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import type { RestRoute, Route } from '#dialects/devicehive/call.ts';
import { routes } from '#dialects/devicehive/routes.ts';
import { jsonOf, membersAre } from './answers.ts';
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

/** DeviceHive's actions: messages over its WebSocket, and requests where they have a place in REST. */
export const fuzzed: FuzzedDialect = {
  name: 'devicehive',
  socket: '/dh/websocket',
  operations: routes.flatMap((route) => (route.rest ? [message(route), request(route, route.rest)] : [message(route)])),
  isRefusal: (answer) => {
    const json = jsonOf(answer) as Partial<Record<string, unknown>> | undefined;
    if (answer.status === undefined) {
      return json?.['status'] === 'error' && typeof json['code'] === 'number' && typeof json['error'] === 'string';
    }
    return membersAre(json, { error: 'number', message: 'string' });
  },
};

function message({ action, handle }: Route): Operation {
  const messages = fc.tuple(requestId, messageLike(sampleOf(action)));
  const body = messages.map(([id, rest]) => ({ action, requestId: id, ...(rest as object) }));
  return { name: action, isBuilt: handle !== undefined, body };
}

function request({ action, handle }: Route, { method, path, body: part }: RestRoute): Operation {
  const sample = sampleOf(action);
  const sent = part === undefined || part === 'everything' ? sample : (sample[part] as typeof sample);
  return {
    name: `${action} (REST)`,
    isBuilt: handle !== undefined,
    route: { method, path: `/dh/rest${path}` },
    ...(part === undefined ? {} : { body: membersLike(sent) }),
  };
}

function sampleOf(action: string): Readonly<Record<string, Json>> {
  return samples[action] ?? everything;
}
