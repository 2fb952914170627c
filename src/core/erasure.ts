import type { Fields } from './patch.ts';

/** How long what a deleted user leaves is kept: its fields, its secrets, and the values in its history. */
export const remainsKeptMs = 30 * 24 * 3_600_000;

/** The fields of a user of whom nothing else is left. Its ids stay: they are never given again. */
export const erasedFields: Fields = { lifecycle: 'deleted' };
