import type { Extension } from '#core/extension.ts';
import { extensionField } from '#core/fields.ts';
import { skipMfaInit } from './commands/skip-mfa-init.ts';

export const extension: Extension = {
  fields: { mfaInitSkippedAt: extensionField.instant('self') },
  commands: [skipMfaInit],
};
