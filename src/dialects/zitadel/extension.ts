import type { Extension } from '#core/extension.ts';
import { extensionField } from '#core/fields.ts';
import { skipMfaInit } from './commands/skip-mfa-init.ts';

/** Of machines: what each is for, and the kind of access token that it gets (an opaque one unless `jwt`). */
const ofMachines = {
  description: extensionField.text('self', 500),
  accessTokenType: extensionField.oneOf('self', 'jwt'),
};

export const extension: Extension = {
  fields: { ...ofMachines, mfaInitSkippedAt: extensionField.instant('self') },
  commands: [skipMfaInit],
};
