import type { Extension } from '#core/extension.ts';
import { reviseDirectoryUser } from './decode/update.ts';

export const extension: Extension = { commands: [reviseDirectoryUser] };
