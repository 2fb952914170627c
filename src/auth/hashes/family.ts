/** A family of password hashes: how their text is read, and how a password is held against one. */
export interface Family {
  /** What every text that claims to be of it begins with. */
  readonly prefix: RegExp;
  /** What it looks like, for whoever has sent something else. */
  readonly form: string;
  /** It is computed in JavaScript and takes time, so it must not run on the event loop. */
  readonly blocks?: true;
  /** Strict and pure: undefined for text that is not in the form, or that no password could ever match. */
  read(text: string): PasswordHash | undefined;
}

export interface PasswordHash {
  /** What its text says about the cost, with the lowest and highest that ZITADEL takes over. */
  readonly parameters: readonly Parameter[];
  readonly cost: Cost;
  /** Compares in constant time. Passwords are UTF-8. */
  matches(password: string): boolean | Promise<boolean>;
}

export type Parameter = readonly [name: string, value: number, lowest: number, highest: number];

/** What one check takes: milliseconds of one core, and memory. */
export interface Cost {
  readonly ms: number;
  readonly memoryKiB: number;
}
