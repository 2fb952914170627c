import type { Extension } from '#core/extension.ts';
import { extensionField } from '#core/fields.ts';
import { revisePortalUser } from './decode.ts';

export const extension: Extension = {
  fields: {
    preferences: extensionField.scalar('self'),
    ssoEnabled: extensionField.boolean('administrator'),
    timeZoneEntered: extensionField.text('self'),
  },
  commands: [revisePortalUser],
};
