#!/usr/bin/env node
import './runtime.ts';
import { CliError, exits } from './cli/exits.ts';
import { run } from './cli/run.ts';
import { textOf } from './cli/table.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as `head` does.
  process.exit(error.code === 'EPIPE' ? exits.done : exits.failed);
});

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`muster: ${textOf((error as Error).message)}\n`);
  process.exitCode = error instanceof CliError ? error.exit : exits.failed;
}
