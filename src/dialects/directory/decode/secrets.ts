import type { PasswordInput, QuestionInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import type { SecurityQuestion } from '#core/fields.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { UserBody } from './schema.ts';

const lockAfterAttempts = 10;

/** A password as text, or an object that says more about it. */
export function decodePassword(body: NonNullable<UserBody['password']>): PasswordInput {
  const { plain, hash, changeRequired, current, code } = typeof body === 'string' ? { plain: body } : body;
  if ((plain === undefined) === (hash === undefined)) {
    throw invalidField('password', 'password must be a text, or have either plain or hash.', 'field_required');
  }
  if (current !== undefined && code !== undefined) {
    throw invalidField('password', 'password must have current or code, not both.');
  }
  return {
    set: plain === undefined ? { hash: hash ?? '' } : { plain },
    ...(changeRequired === undefined ? {} : { changeRequired }),
    ...(current === undefined ? {} : { proof: { current } }),
    ...(code === undefined ? {} : { proof: { code } }),
    rules: plainPasswordRules,
    lockAfterAttempts,
  };
}

/** Questions replace those that there are; one without an answer keeps the answer that it has. */
export function decodeQuestions(
  body: NonNullable<UserBody['securityQuestions']>,
  present: readonly SecurityQuestion[],
): QuestionInput[] {
  const answered = present.filter(({ answerSetAt }) => answerSetAt !== undefined).map(({ question }) => question);
  return body.map(({ question, order, answer }) => ({
    question,
    ...(order === undefined ? {} : { order }),
    ...(answer === undefined ? { keepsAnswer: answered.includes(question) } : { answer }),
  }));
}
