#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { dialects } from '#dialects/index.ts';
import { seed } from './cli/seed.ts';
import { allSettings, flagOf, variableOf } from './config.ts';
import { fail, serve } from './main.ts';

const misused = 2;
/** Of the longest option. */
const width = 21;

const [command = 'help', ...args] = process.argv.slice(2);
if (command === 'serve' && !args.includes('--help')) await serve(args);
else if (command === 'seed' && !args.includes('--help')) await seed(args).catch(fail);
else if (['serve', 'help', '--help', '-h'].includes(command)) process.stdout.write(help());
else if (['version', '--version'].includes(command)) process.stdout.write(`${version()}\n`);
else {
  process.stderr.write(`muster: There is no command ${command}; muster help lists those that there are.\n`);
  process.exit(misused);
}

function help(): string {
  const options = [...allSettings(dialects)].map(([name, setting]) => {
    const standard = setting.default === undefined ? '' : `, ${setting.default} unless given`;
    return `  --${flagOf(name).padEnd(width)}  ${setting.help}\n${' '.repeat(width + 6)}${variableOf(name)}${standard}\n`;
  });
  return `Muster ${version()}: one user directory that speaks every dialect.

muster serve [options]   serves the directory until it is stopped (npm start -- [options])
muster seed --users N    fills a store that nobody has open with N plausible people; takes the options of serve
muster help              shows this
muster version           shows the version

Options of serve, each with its variable:
${options.join('')}`;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}
