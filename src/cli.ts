import './runtime.mjs';

// Only then, so that all else is found compiled.
const [{ CliError, exits }, { run }, { textOf }] = await Promise.all([
  import('./cli/exits.ts'),
  import('./cli/run.ts'),
  import('./cli/table.ts'),
]);

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
