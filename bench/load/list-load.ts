import { nowMs, printResult } from './load.ts';
import { RawHttp } from './raw-http.ts';

/**
 * Lists users through ZITADEL's wire, one list after the other: by a mail address (`email`), or by a piece of one that a
 * dozen have (`contains`). Arguments: origin, token, which, how many users there are, seconds.
 */
const [, , origin = '', token = '', which = 'email', users = '1', seconds = '2'] = process.argv;

const connection = await RawHttp.open(origin);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

const queryOf = (n: number) =>
  which === 'email'
    ? { emailAddress: `user-${n}@people.example` }
    : { emailAddress: `SER-${String(n).slice(0, 5)}`, method: 'TEXT_QUERY_METHOD_CONTAINS_IGNORE_CASE' };

interface Answer {
  readonly details: { readonly totalResult?: string };
  readonly result?: readonly { readonly human: { readonly email: { readonly email: string } } }[];
}

/** Whether it has been answered rightly: one in twenty has no address. */
async function list(n: number): Promise<boolean> {
  const emailQuery = queryOf(n);
  const body = JSON.stringify({ queries: [{ emailQuery }] });
  const answered = await connection.ask({ method: 'POST', path: '/v2/users', headers, body });
  if (answered === undefined) return false;
  const { details, result = [] } = JSON.parse(answered) as Answer;
  const wanted = emailQuery.emailAddress.toLowerCase();
  const isRight = result.every(({ human }) => human.email.email.includes(wanted));
  return isRight && Number(details.totalResult ?? 0) === result.length;
}

/** Each of the people in turn, far from the one before; but for the first, whose short numbers are pieces of very many. */
const first = Math.min(10_000, Number(users) / 2);
const personAt = (turn: number) => Math.floor(first + ((turn * 7919) % (Number(users) - first)));

const warmUpMs = 1000;
const latencies: number[] = [];
let failed = 0;
const startAt = nowMs() + warmUpMs;
for (let turn = 1; nowMs() < startAt + Number(seconds) * 1000; turn++) {
  const askedAt = nowMs();
  const isGood = await list(personAt(turn));
  if (askedAt < startAt) continue;
  latencies.push(nowMs() - askedAt);
  if (!isGood) failed += 1;
}
printResult(latencies, failed, nowMs() - startAt);
connection.close();
