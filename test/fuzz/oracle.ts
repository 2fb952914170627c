import { problemType } from '#transport/problem.ts';
import { isProblem, jsonOf } from './answers.ts';
import type { Answer } from './connection.ts';
import { fuzzedDialects } from './dialects.ts';
import type { FuzzedDialect } from './operation.ts';
import type { HttpRequest } from './request.ts';

/** What a caller must never see: stack traces, places in the source, and the words of what lies beneath. */
const innards =
  /\bat .{1,200}:\d+:\d+|(?:\/|\\\\)src(?:\/|\\\\)|\.ts\b.{0,3}:\d|node_modules|node:internal|sqlite|constraint failed|(?:Type|Range|Syntax|Reference)Error|Cannot read prop|is not a function/i;

/** Throws when an answer to a request is none that a caller should ever get. */
export function judge(request: HttpRequest, answer: Answer): void {
  const { status, headers, body } = answer;
  const { operation, isAddressed, method } = request;
  // Expect: HTTP itself refuses it, before there is anybody to say how.
  if (status === 417) return;
  expectNoInnards(body + [...headers.values()].join('\n'));
  if (status >= 500 && status !== 501 && status !== 503) throw new Error(`status ${status}`);
  // Of a built operation too there are parts that are not, and it says which.
  const isDeclared = !operation.isBuilt || !isAddressed || /not (?:implemented|built)/.test(body);
  if (status === 501 && !isDeclared) throw new Error('501, though it is built');
  // What is no request at all has no id; to a HEAD the problem comes without its text.
  const isProblemOfNone = isProblem(answer) || (method === 'HEAD' && headers.get('content-type') === problemType);
  if (!headers.has('x-request-id') && !isProblemOfNone) throw new Error('no x-request-id');
  if (method === 'HEAD' || method === 'OPTIONS') return;
  if (status >= 400) expectRefusal(request, answer);
  else if (body !== '' && /json/.test(headers.get('content-type') ?? '') && jsonOf(answer) === undefined) {
    throw new Error('a success that is no JSON');
  }
}

function expectRefusal({ dialect, isAddressed }: HttpRequest, answer: Answer): void {
  const own = fuzzedDialects.filter(({ name }) => !isAddressed || name === dialect);
  if (own.some((candidate) => candidate.isRefusal(answer))) return;
  // What never came as far as a route is refused by the transport.
  if (isProblem(answer) && (!isAddressed || [400, 414, 431].includes(answer.status))) return;
  throw new Error(`an error in another shape than ${own.map(({ name }) => name).join(', ')} has`);
}

/** The same of a message over a WebSocket, `undefined` where the server has closed it. */
export function judgeMessage(dialect: FuzzedDialect, isBuilt: boolean, answer: string | undefined): void {
  if (answer === undefined) return;
  expectNoInnards(answer);
  const json = jsonOf({ body: answer } as Answer) as { status?: string; code?: number; error?: string };
  if (json.status === 'success') return;
  if (!dialect.isRefusal({ body: answer } as Answer)) throw new Error('an error in another shape');
  const { code = 0, error } = json;
  // The vendor's own answer to a message without an action.
  const isVendors = error === "'action' field could not be parsed to known endpoint";
  if (code >= 500 && code !== 503 && !(code === 501 && !isBuilt) && !isVendors) throw new Error(`code ${code}`);
}

export function expectNoInnards(text: string): void {
  const found = innards.exec(text);
  if (found) throw new Error(`the answer shows what it should not: ${found[0]}`);
}
