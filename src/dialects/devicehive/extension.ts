import type { Extension } from '#core/extension.ts';
import { extensionField } from '#core/fields.ts';
import { keepJwtSecret } from './commands/keep-jwt-secret.ts';

export const extension: Extension = {
  fields: {
    introReviewed: extensionField.boolean('self'),
    allDeviceTypesAvailable: extensionField.boolean('administrator'),
  },
  commands: [keepJwtSecret],
};
