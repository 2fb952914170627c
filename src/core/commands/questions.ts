import { type Context, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import { invalidField } from '#core/errors.ts';
import { normaliseQuestion, type SecurityQuestion } from '#core/fields.ts';
import { sameJson } from '#core/json.ts';
import type { User, UserKey } from '#core/user.ts';
import { type Part, setAfter } from './part.ts';
import type { QuestionInput } from './user-input.ts';

/** The keyed digests of the answers that were given, by question; the current key's first. */
export type AnswerFacts = ReadonlyMap<string, readonly [string, ...string[]]>;

export function prepareAnswers(
  questions: readonly QuestionInput[],
  user: UserKey,
  { sealer }: PrepareContext,
): AnswerFacts {
  const given = questions.filter(({ answer }) => answer !== undefined);
  return new Map(
    given.map(({ question: asked, answer = '' }) => {
      const question = normaliseQuestion(asked);
      // An answer typed again differs in case and spaces, and is meant all the same.
      const meant = String(answer).normalize('NFKC').trim().toLowerCase();
      if (meant === '' || answer.length > 200) {
        throw invalidField('securityQuestions.answer', 'An answer must have 1 to 200 characters.');
      }
      return [question, sealer.macs(meant, `answer/${user}/${question}`)];
    }),
  );
}

/** Replaces the questions whole; an answer is kept by its question, and an equal answer is no change. */
export function decideQuestions(
  questions: readonly QuestionInput[] | null,
  given: AnswerFacts | undefined,
  key: UserKey,
  user: User | undefined,
  state: State,
  context: Context,
): Part {
  const secret = state.secret(key, 'answers');
  if (questions === null) {
    const gone = { patch: { securityQuestions: null } };
    return secret === undefined ? gone : { ...gone, writes: { dropSecrets: [{ user: key, name: 'answers' }] } };
  }
  const present = user?.fields.securityQuestions ?? [];
  const stored = new Map(Object.entries(secret?.doc.macs ?? {}));
  const kept = new Map<string, string>();
  const next = questions.map((input): SecurityQuestion => {
    const { order } = input;
    const question = normaliseQuestion(input.question);
    const shown = { question, ...(order === undefined ? {} : { order }) };
    const before = stored.get(question);
    if (input.answer !== undefined && !context.dryRun && !given?.has(question)) throw new StaleFacts();
    const mac = input.keepsAnswer ? before : sameAnswer(given?.get(question), before);
    if (mac === undefined) {
      if (!input.keepsAnswer) return shown;
      throw invalidField('securityQuestions.answer', `There is no answer to keep for the question "${question}".`);
    }
    kept.set(question, mac);
    const setAt = present.find((entry) => entry.question === question)?.answerSetAt;
    return { ...shown, answerSetAt: mac === before && setAt ? setAt : setAfter(setAt, context.now) };
  });
  const patch = { securityQuestions: context.table.normalise('securityQuestions', next) as unknown as typeof next };
  const macs = Object.fromEntries(kept);
  if (context.dryRun || sameJson(macs, secret?.doc.macs ?? {})) return { patch };
  const revision = (secret?.revision ?? 0) + 1;
  return { patch, writes: { putSecrets: [{ user: key, name: 'answers', revision, doc: { macs } }] } };
}

/** The stored digest when the answer is the same under any key, so that an equal answer stays no change. */
function sameAnswer(given: readonly string[] | undefined, before: string | undefined): string | undefined {
  return before !== undefined && given?.includes(before) ? before : given?.[0];
}
