import type { Extension } from '#core/extension.ts';
import { extensionField } from '#core/fields.ts';
import { reviseCitizen } from './decode/update.ts';

const roles = ['CONTRACT_INSPECTOR', 'CITIZEN', 'AUTH_AGENT_CLERK', 'AUTH_AGENT', 'SELF_CERTIFIED_INSPECTOR'] as const;

export const extension: Extension = {
  fields: { role: extensionField.oneOf('administrator', ...roles) },
  commands: [reviseCitizen],
};
