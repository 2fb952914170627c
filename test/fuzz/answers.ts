import type { Answer } from './connection.ts';

/** The body as JSON; undefined when it is none. */
export function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

type Types = Readonly<Record<string, 'string' | 'number' | 'object'>>;

/** Whether a value is an object with all of the first members, some of the second, and no others. */
export function membersAre(value: unknown, all: Types, some: Types = {}): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.entries(value);
  const known = members.every(([name, member]) => typeof member === (all[name] ?? some[name]));
  return known && Object.keys(all).every((name) => Object.hasOwn(value, name));
}

const problemTypes = { title: 'string', status: 'number', code: 'string' } as const;

/** RFC 9457, as the transport and the directory's own API tell of errors. */
export function isProblem(answer: Answer): boolean {
  const json = jsonOf(answer);
  return (
    answer.headers.get('content-type')?.startsWith('application/problem+json') === true &&
    membersAre(json, problemTypes, { reason: 'string', field: 'string', detail: 'string' }) &&
    (json as { status: number }).status === answer.status
  );
}

/** RFC 6749, where tokens are given out. */
export function isOAuthError(answer: Answer): boolean {
  return membersAre(jsonOf(answer), { error: 'string' }, { error_description: 'string' });
}
