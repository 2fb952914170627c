import type { Missing } from './not-available.ts';
import type { Options } from './options.ts';
import type { Site } from './stores/store-kinds.ts';

/** One run of the benchmark: what it is asked for, and what all its parts share. */
export interface Bench extends Site {
  readonly options: Options;
  /** Undone at the end, last first; also when the run is broken off. */
  readonly cleanUp: AsyncDisposableStack;
  /** What could not be measured. */
  readonly missing: Missing[];
}
