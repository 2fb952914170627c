import type { JsonObject } from '#core/json.ts';

/** What is told: a text, or how each wire says it. */
export type Text = string | RegExp | Readonly<Record<Wire, string>>;
export type Wire = 'socket' | 'rest';

export const wires: readonly Wire[] = ['socket', 'rest'];
export const malformed = { socket: 'Malformed Json received.', rest: 'Invalid request parameters' };
const length = 'Field cannot be empty. The length of login should be from 3 to 128 symbols.';
const spelling = 'Login can contain only lowercase or uppercase letters, numbers, and some special symbols (_@.)';
const password = 'Password can contain only from 6 to 128 symbols!';
const noObject = "'parameters' must be JSON Object!";
export const taken = 'User with such login already exists. Please, select another one';
const bound = (property: string) =>
  new RegExp(`^Error! Make sure, .*\n.*On property ${property} \\(value: .*\\): .* ; $`);
const lostDigits = 'data cannot keep whole numbers of this size (beyond 2^53): send them as text';

const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const long = 'x'.repeat(129);

/** What is wrong with a user that is to be updated: the JSON, code and text. */
export const badUsers: readonly [string, number, Text][] = [
  ['[]', 400, malformed],
  ['"x"', 400, malformed],
  ['5', 400, malformed],
  ['true', 400, malformed],
  ['{"login":{}}', 400, malformed],
  ['{"login":["mouse"]}', 400, malformed],
  ['{"login":true}', 400, malformed],
  ['{"login":12345678901234567890}', 400, malformed],
  ['{"login":""}', 400, `${length}${spelling}`],
  ['{"login":"ab"}', 400, length],
  [`{"login":"${long}"}`, 400, length],
  ['{"login":"mighty mouse"}', 400, spelling],
  ['{"login":"mouse\\u0000"}', 400, spelling],
  ['{"login":"mouse\\ud800"}', 400, spelling],
  ['{"login":"\\u202emouse"}', 400, spelling],
  ['{"login":"mo\\u200buse"}', 400, spelling],
  ['{"login":"müüs"}', 400, spelling],
  ['{"login":"daisy"}', 403, taken],
  ['{"login":"DAISY"}', 403, taken],
  ['{"login":" daisy "}', 403, taken],
  ['{"login":"strasse"}', 403, taken],
  ['{"login":"FULL"}', 403, taken],
  ['{"role":"x"}', 400, malformed],
  ['{"role":0.5}', 400, malformed],
  ['{"role":false}', 400, malformed],
  ['{"role":{}}', 400, malformed],
  ['{"role":2}', 400, bound('role')],
  ['{"role":-1}', 400, bound('role')],
  ['{"role":1e400}', 400, malformed],
  ['{"status":[]}', 400, malformed],
  ['{"status":"locked"}', 400, malformed],
  ['{"status":3}', 400, bound('status')],
  ['{"status":-1}', 400, bound('status')],
  ['{"password":{}}', 400, malformed],
  ['{"password":["a password"]}', 400, malformed],
  ['{"password":false}', 400, malformed],
  ['{"password":"short"}', 400, password],
  ['{"password":"two\\nlines"}', 400, password],
  [`{"password":"${long}"}`, 400, password],
  ['{"data":[]}', 400, noObject],
  ['{"data":"x"}', 400, noObject],
  ['{"data":5}', 400, noObject],
  ['{"data":true}', 400, noObject],
  ['{"data":{"n":9007199254740993}}', 400, lostDigits],
  ['{"data":{"n":1e400}}', 400, /^data must not contain/],
  ['{"data":{"n":"\\udc00"}}', 400, /^data must not contain/],
  ['{"data":{"\\ud800":1}}', 400, /^data must not contain/],
  [`{"data":{"n":"${'x'.repeat(65_536)}"}}`, 400, 'data must have at most 65536 characters as JSON.'],
  [`{"data":${nested(33)}}`, 400, malformed],
  [`{"more":${nested(32)}}`, 400, malformed],
  ['{"introReviewed":"true"}', 400, malformed],
  ['{"introReviewed":1}', 400, malformed],
  ['{"introReviewed":{}}', 400, malformed],
  ['{"allDeviceTypesAvailable":"yes"}', 400, malformed],
  ['{"data":{"new":1},"introReviewed":true,"role":7}', 400, bound('role')],
  ['{"data":{"new":1},"password":"a new password","login":"daisy"}', 403, taken],
  ['{"data":{"new":1},"status":1,"introReviewed":null,"password":"short"}', 400, password],
];

/** What is wrong with a user that is to be created. */
export const badNewUsers: readonly [string, number, Text][] = [
  ['null', 400, { socket: 'User is required', rest: 'Error! Validation failed: Object is null' }],
  ['{}', 400, bound('login')],
  ['{"login":null,"role":1,"password":"secret"}', 400, bound('login')],
  ['{"login":"","role":1,"password":"secret"}', 400, bound('login')],
  [`{"login":"${long}","role":1,"password":"secret"}`, 400, bound('login')],
  ['{"login":"mouse","password":"secret"}', 400, 'User role is invalid or empty'],
  ['{"login":"mouse","role":null,"password":"secret"}', 400, 'User role is invalid or empty'],
  ['{"login":"mouse","role":1}', 400, password],
  ['{"login":"mouse","role":1,"password":null}', 400, password],
  ['{"login":"mouse","role":1,"password":""}', 400, password],
  [`{"login":"mouse","role":1,"password":"${long}"}`, 400, bound('password')],
  ['{"login":"mouse","role":1,"password":"secret","status":3}', 400, bound('status')],
  ['{"login":"mouse","role":1,"password":"secret","data":[]}', 400, noObject],
  ['{"login":"mouse","role":1,"password":"secret","data":{"n":-9007199254740993}}', 400, lostDigits],
  ['{"login":"mouse","role":1,"password":"secret","introReviewed":0}', 400, malformed],
  ['{"login":"mouse","role":1,"password":"secret","allDeviceTypesAvailable":{}}', 400, malformed],
  ['{"login":"Stra\\u00dfe","role":1,"password":"secret"}', 400, spelling],
  ['{"login":"STRASSE","role":1,"password":"secret"}', 403, taken],
];

/** What is accepted, as the vendor's parser does, and what it changes of what is shown. */
export const lenient: readonly [string, JsonObject][] = [
  ['{"login":null,"role":null,"status":null,"password":null,"introReviewed":null}', {}],
  ['{"password":""}', {}],
  ['{"login":"  minnie  "}', {}],
  ['{"id":99,"lastLogin":5,"networks":"x","oldPassword":{},"__proto__":{"role":0},"constructor":{"role":0}}', {}],
  ['{"login":12345}', { login: '12345' }],
  ['{"role":"0"}', { role: 0 }],
  ['{"data":null}', { data: null }],
  [`{"data":${nested(30)}}`, { data: JSON.parse(nested(30)) }],
  ['{"data":{"__proto__":{"role":0},"constructor":{"prototype":[null]},"":{"hasOwnProperty":1}}}', {}],
];

/** Requests for tokens: action, what stands for REST's body, code and text. */
export const badTokens: readonly [string, string, number, Text][] = [
  ['token', '{}', 400, 'Invalid or empty authorization request parameters'],
  ['token', '{"login":{},"password":"x"}', 400, malformed],
  ['token', '{"login":"minnie","password":["a password"]}', 400, malformed],
  ['token', '{"login":"minnie","password":null}', 400, 'Invalid or empty authorization request parameters'],
  ['token', '{"login":"minnie\\u0000","password":"a password"}', 401, 'Invalid credentials'],
  ['token', '{"login":"\\ud800","password":"a password"}', 401, 'Invalid credentials'],
  [`token`, `{"login":"${'x'.repeat(100_000)}","password":"a password"}`, 401, 'Invalid credentials'],
  ['token/refresh', '{}', 400, 'Missing or invalid payload in request'],
  ['token/refresh', '{"refreshToken":null}', 400, 'Missing or invalid payload in request'],
  ['token/refresh', '{"refreshToken":{}}', 400, malformed],
  ['token/refresh', '{"refreshToken":5}', 401, 'Unauthorized'],
  ['token/refresh', '{"refreshToken":"a.b.c"}', 401, 'Unauthorized'],
  ['token/create', 'null', 400, malformed],
  ['token/create', '[]', 400, malformed],
  ['token/create', '{}', 400, bound('userId')],
  ['token/create', '{"userId":"x"}', 400, malformed],
  ['token/create', '{"userId":1.5}', 400, malformed],
  ['token/create', '{"userId":9007199254740993}', 400, malformed],
  ['token/create', '{"userId":99}', 404, 'User with id = 99 not found'],
  ['token/create', '{"userId":1,"actions":"*"}', 400, malformed],
  ['token/create', '{"userId":1,"actions":[{}]}', 400, 'Actions list should contain only Strings or Integers'],
  ['token/create', '{"userId":1,"networkIds":{}}', 400, malformed],
  ['token/create', '{"userId":1,"deviceTypeIds":[null]}', 400, malformed],
  ['token/create', '{"userId":1,"expiration":"tomorrow"}', 400, malformed],
  ['token/create', '{"userId":1,"expiration":1e400}', 400, malformed],
  ['token/create', '{"userId":1,"refreshExpiration":-1}', 400, malformed],
];

/** Ids as JSON, and as they stand in a path. */
export const badIds: readonly [string, number, Text][] = [
  ['99', 404, 'User with id = 99 not found'],
  ['0', 404, 'User with id = 0 not found'],
  ['-1', 404, 'User with id = -1 not found'],
  ['9007199254740992', 400, malformed],
  ['99999999999999999999', 400, malformed],
  ['1.5', 400, malformed],
  ['"x"', 400, malformed],
  ['"2 "', 400, malformed],
  ['"\\u0000"', 400, malformed],
  ['"__proto__"', 400, malformed],
];
