import { clientCommands } from './client.ts';
import type { Command } from './command.ts';
import { helpCommand, versionCommand } from './help.ts';
import { realmCommands } from './realm.ts';
import { seedCommand, serveCommand } from './serve.ts';
import { tokenCommands } from './token.ts';
import { userCommands } from './user.ts';

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  serveCommand,
  seedCommand,
  ...userCommands,
  ...tokenCommands,
  ...clientCommands,
  ...realmCommands,
  helpCommand(() => commands),
  versionCommand,
];
