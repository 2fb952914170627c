/** How often each operation was called, and how it was answered. */
export class Tally {
  readonly #counts = new Map<string, Map<number, number>>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  count(operation: string, status: number): void {
    this.#total += 1;
    const statuses = this.#counts.get(operation) ?? new Map<number, number>();
    this.#counts.set(operation, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }

  /** How often an operation was called at all, and how often it answered a success. */
  of(operation: string): { readonly calls: number; readonly successes: number } {
    const statuses = [...(this.#counts.get(operation) ?? [])];
    const sum = (among: typeof statuses) => among.reduce((total, [, count]) => total + count, 0);
    return { calls: sum(statuses), successes: sum(statuses.filter(([status]) => status >= 200 && status < 300)) };
  }

  /** A line for each operation. */
  toString(): string {
    const lines = [...this.#counts].toSorted().map(([operation, statuses]) => {
      const answers = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      return `${operation.padEnd(60)} ${answers.join(', ')}`;
    });
    return lines.join('\n');
  }
}
