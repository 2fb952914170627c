/** What `muster` ends with. */
export const exits = {
  done: 0,
  /** Refused or failed: the line on stderr says why. */
  failed: 1,
  /** The command line, or a setting, is wrong. */
  misused: 2,
  notFound: 3,
  /** The token is missing, not valid, or does not allow this. */
  notAllowed: 4,
  /** No server answers there, or none that can work. */
  unreachable: 5,
} as const;

/** Each exit code for people. */
export const exitsExplained: readonly (readonly [number, string])[] = [
  [exits.done, 'done'],
  [exits.failed, 'refused or failed'],
  [exits.misused, 'the command line or a setting is wrong'],
  [exits.notFound, 'there is no such user, token or client'],
  [exits.notAllowed, 'the token is missing, not valid, or does not allow this'],
  [exits.unreachable, 'no server answers, or it cannot work now'],
];

/** Ends the command: its message is the one line that is shown. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

export function misuse(message: string): CliError {
  return new CliError(exits.misused, message);
}
