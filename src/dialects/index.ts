import { accela } from './accela/index.ts';
import { devicehive } from './devicehive/index.ts';
import type { Dialect } from './dialect.ts';
import { directory } from './directory/index.ts';
import { twosms } from './twosms/index.ts';
import { zitadel } from './zitadel/index.ts';

/** Every dialect that there is, in the order in which people read of them. One line each. */
export const dialects: readonly Dialect[] = [zitadel, devicehive, accela, twosms, directory];
