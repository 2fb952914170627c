import type { QuestionInput } from '#core/commands/user-input.ts';
import { invalidField } from '#core/errors.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import { answerMask } from '#dialects/accela/encode.ts';
import { type Sent, sentText } from './members.ts';

/** Security questions, which replace the present ones whole; an answer sent masked keeps the answer that there is. */
export function decodeQuestions(value: Sent<Json>): Sent<readonly QuestionInput[]> {
  if (value === undefined || value === null) return value;
  if (!Array.isArray(value)) throw invalidField('questions', 'questions must be a list.');
  return value.length === 0 ? null : value.map(decodeQuestion);
}

function decodeQuestion(entry: Json): QuestionInput {
  if (!isJsonObject(entry)) throw invalidField('questions', 'questions must be a list of {answer, order, question}.');
  const { question, order, answer } = {
    question: sentText(entry, 'question'),
    order: sentText(entry, 'order'),
    answer: sentText(entry, 'answer'),
  };
  if (!question) throw invalidField('question', 'Each of the questions must have a question.', 'field_required');
  if (answer === '') throw invalidField('answer', 'The answer to a question must not be empty.');
  return {
    // Its answer is kept by the question, so the question must be in its stored form.
    question: question.normalize('NFC'),
    ...(order === undefined || order === null ? {} : { order }),
    ...decodeAnswer(answer),
  };
}

function decodeAnswer(answer: Sent<string>): Pick<QuestionInput, 'answer' | 'keepsAnswer'> {
  if (answer === answerMask) return { keepsAnswer: true };
  return answer === undefined || answer === null ? {} : { answer };
}
