import type { Command } from './command.ts';

/** Of the longest option. */
const width = 21;

/** What it needs is loaded only when it runs: the other commands start faster without. */
export const serveCommand: Command = {
  name: 'serve',
  help: 'serves the directory until it is stopped (npm start -- [options])',
  optionsHelp,
  async run(args) {
    const { serve } = await import('#muster/main.ts');
    await serve(args);
  },
};

/** Opens the store itself, as serve does: no server may have it open. */
export const seedCommand: Command = {
  name: 'seed',
  operands: '--users <number>',
  help: 'fills a store that no server has open with so many plausible people',
  optionsHelp,
  async run(args) {
    const [{ seed }, { fail }] = await Promise.all([import('./seed.ts'), import('#muster/main.ts')]);
    await seed(args).catch(fail);
  },
};

async function optionsHelp(): Promise<string> {
  const [{ allSettings, flagOf, variableOf }, { dialects }] = await Promise.all([
    import('#muster/config.ts'),
    import('#dialects/index.ts'),
  ]);
  const options = [...allSettings(dialects)].map(([name, setting]) => {
    const standard = setting.default === undefined ? '' : `, ${setting.default} unless given`;
    return `  --${flagOf(name).padEnd(width)}  ${setting.help}\n${' '.repeat(width + 6)}${variableOf(name)}${standard}\n`;
  });
  return options.join('');
}
