import type { errorIds } from '#dialects/zitadel/error-ids.ts';

/** What the vendor calls a fault of the server's own; it has no id. */
export const internalText = 'An internal error occurred';

/** The English text of an error. Many ids share one. */
export type Text = (typeof errorIds)[keyof typeof errorIds][1] | typeof internalText;

/** The texts in one language. */
export type Texts = Readonly<Record<Text, string>>;
