import { devicehive } from './devicehive/index.ts';
import type { Dialect } from './dialect.ts';

/** Every dialect that there is, in the order in which people read of them. One line each. */
export const dialects: readonly Dialect[] = [devicehive];
