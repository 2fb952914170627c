/** So many changes of a subject are put down together, in change_runs. */
export const runLength = 16;

/** The run that a version belongs to. */
export function runOf(version: number): number {
  return Math.floor((version - 1) / runLength);
}

/** Whether the run before is complete now, and is to be put down. */
export function beginsRun(version: number): boolean {
  return version > 1 && (version - 1) % runLength === 0;
}
