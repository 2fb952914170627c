import type { Json } from '#core/json.ts';
import { operations } from '#dialects/accela/routes.ts';
import { isOAuthError, jsonOf, membersAre } from './answers.ts';
import type { Answer } from './connection.ts';
import type { FuzzedDialect } from './operation.ts';
import { membersLike } from './plausible.ts';
import { writeForm } from './tree.ts';

/** What the vendor's clients send; the vendor publishes no schema. A path that is not here is sent all of it. */
const question = { answer: 'Rex', order: '1', question: 'What was your first pet called?' };
const citizen = {
  email: 'mini@mouse.com',
  id: 1,
  loginName: 'fuzz-1',
  mobilePhone: '9255518131',
  mobilePhoneCountryCode: '1',
  questions: [question],
  receiveSMS: 'N',
  registerDate: '2015-02-09 16:23:58',
  role: 'CITIZEN',
};
const samples: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'PUT /v4/citizenaccess/citizens/:id': citizen,
  'POST /v4/citizenaccess/citizens': {
    userName: 'fuzz-2',
    email: 'mini@mouse.com',
    cellPhone: '925-551-8131',
    password: 'Pa55word',
    role: 'CITIZEN',
    receiveSMS: 'Y',
    questions: [question],
  },
  'POST /oauth2/token': {
    grant_type: 'password',
    client_id: '1',
    client_secret: 'x',
    username: 'person-1',
    password: 'Pa55word',
    agency_name: 'MAIN',
    environment: 'PROD',
    scope: 'citizens',
    code: 'x',
    redirect_uri: 'https://example.com',
    refresh_token: 'x',
  },
};
const everything = Object.assign({}, ...Object.values(samples));

const formats = [{ type: 'application/x-www-form-urlencoded', write: writeForm }];

/** Accela's operations. */
export const fuzzed: FuzzedDialect = {
  name: 'accela',
  operations: operations.map(({ method, path, run, issuesTokens }) => ({
    name: `${method} ${path}`,
    isBuilt: run !== undefined || issuesTokens === true,
    route: { method, path },
    ...(path.startsWith('/oauth2') ? { formats } : {}),
    ...(method === 'GET' ? {} : { body: membersLike(samples[`${method} ${path}`] ?? everything) }),
  })),
  isRefusal: (answer) => isRefusal(answer) || isOAuthError(answer),
};

function isRefusal(answer: Answer): boolean {
  const json = jsonOf(answer) as { more?: unknown; traceId?: unknown; status?: unknown } | undefined;
  const texts = { code: 'string', message: 'string', traceId: 'string' } as const;
  const more = json?.more === null ? 'object' : 'string';
  return (
    membersAre(json, { status: 'number', more, ...texts }) &&
    json?.status === answer.status &&
    /^\d{15}-[0-9a-f]{8}$/.test(String(json.traceId)) &&
    json.traceId === answer.headers.get('x-accela-traceid')
  );
}
