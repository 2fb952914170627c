import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { decodeQuestions } from './questions.ts';

test('questions are read with answer and order, unknown members ignored', () => {
  assert.deepEqual(decodeQuestions([{ answer: 'Rex', order: '1', question: 'First pet?', id: 5 }]), [
    { question: 'First pet?', order: '1', answer: 'Rex' },
  ]);
  assert.deepEqual(decodeQuestions([{ question: 'First pet?', answer: null, order: null }]), [
    { question: 'First pet?' },
  ]);
});

test('a masked answer keeps the present one', () => {
  assert.deepEqual(decodeQuestions([{ answer: '******', question: 'First pet?' }]), [
    { question: 'First pet?', keepsAnswer: true },
  ]);
});

test('absent keeps; null and an empty list clear', () => {
  assert.equal(decodeQuestions(undefined), undefined);
  assert.equal(decodeQuestions(null), null);
  assert.equal(decodeQuestions([]), null);
});

test('what is no question is refused', () => {
  const wrong: readonly (readonly [string, Json])[] = [
    ['questions', 'First pet?'],
    ['questions', {}],
    ['questions', ['First pet?']],
    ['questions', [null]],
    ['question', [{ answer: 'Rex' }]],
    ['question', [{ question: '' }]],
    ['question', [{ question: 1 }]],
    ['order', [{ question: 'First pet?', order: 1 }]],
    ['answer', [{ question: 'First pet?', answer: '' }]],
    ['answer', [{ question: 'First pet?', answer: 5 }]],
  ];
  for (const [field, value] of wrong) {
    assert.throws(
      () => decodeQuestions(value),
      (error) => error instanceof DirectoryError && error.code === 'invalid_argument' && error.field === field,
      JSON.stringify(value),
    );
  }
});
