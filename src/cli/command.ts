/** One option of a command: `--name`. */
export interface Option {
  readonly help: string;
  /** What its value is called in help, such as `<file>`; absent: it is a switch. */
  readonly value?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** One command of `muster`: what help says of it, and what it does. */
export interface Command {
  /** One word or two: `serve`, `token create`. */
  readonly name: string;
  /** What follows the name, for help: `<user>`. */
  readonly operands?: string;
  /** What it does, in half a line. */
  readonly help: string;
  /** The text that help shows of its options; absent where there are none. */
  optionsHelp?(): Promise<string>;
  /** Rejects with a CliError for what one line tells. */
  run(args: readonly string[]): Promise<void>;
}

/** Options as help shows them, one or two lines each. */
export function describeOptions(options: Options): string {
  const rows = Object.entries(options).map(([name, { help, value }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', help]) => `  ${left.padEnd(width)}  ${help}\n`).join('');
}
