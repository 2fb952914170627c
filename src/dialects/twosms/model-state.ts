import type { MemberName } from './model.ts';

/** What is wrong with a body, by `user.<Member>`, or `user` for the body as a whole. */
export type ModelState = Readonly<Record<string, readonly string[]>>;

/** The framework's own error object. */
export interface HttpError {
  readonly Message: string;
  readonly MessageDetail?: string;
  readonly ModelState?: ModelState;
}

/** A request that is refused before the directory is asked, with the framework's error. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly error: HttpError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: HttpError, headers: Readonly<Record<string, string>> = {}) {
    super(error.Message);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** 400 with everything that is wrong. */
export function invalidModel(state: ModelState): Refused {
  return new Refused(400, { Message: 'The request is invalid.', ModelState: state });
}

/** 400 because the body as a whole cannot be read. */
export function unreadableBody(text: string): Refused {
  return invalidModel({ user: [text] });
}

/** The key of a member in ModelState. */
export function keyOf(member: MemberName): string {
  return `user.${member}`;
}
