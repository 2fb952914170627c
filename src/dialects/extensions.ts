import type { Extension } from '#core/extension.ts';
import { extension as accela } from './accela/extension.ts';
import { extension as devicehive } from './devicehive/extension.ts';
import { extension as directory } from './directory/extension.ts';
import { extension as twosms } from './twosms/extension.ts';
import { extension as zitadel } from './zitadel/extension.ts';

/** What the dialects add to the core, apart from the dialects: the thread that writes needs this and not the wires. */
export const extensions: Readonly<Record<string, Extension>> = { accela, devicehive, directory, twosms, zitadel };
