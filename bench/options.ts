import { parseArgs } from 'node:util';
import { scenarios } from '#bench/load/scenarios.ts';
import { type StoreName, storeNames } from '#bench/stores/store-names.ts';

const sockets = 'devicehive ws';
/** With very many users if those are stored anyhow. */
const eitherParts = ['start', 'seed', 'lists'];
const quickParts = [
  ...scenarios.map(({ name }) => name),
  sockets,
  'dialects',
  'peers',
  'passwords',
  'latency',
  'reads',
  'transports',
  ...eitherParts,
];
const slowParts = ['growth', 'memory'];

export interface Options {
  readonly users: number;
  /** In the store that growth, memory, start, seed and lists are measured on once goals are asked for. */
  readonly many: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  readonly stores: readonly StoreName[];
  readonly write: boolean;
  wants(part: string): boolean;
  /** Whether something is wanted that is measured with the usual number of users. */
  readonly wantsUsual: boolean;
  /** Whether something is wanted that is measured with very many. */
  readonly wantsLarge: boolean;
}

export const help = `npm run bench -- [options]

  --only <parts>        only these, separated by commas: ${quickParts.join(', ')};
                        ${slowParts.join(', ')}
  --goals               ${slowParts.join(' and ')}, too; ${eitherParts.join(', ')} with as many users as those
  --stores <names>      ${storeNames.join(',')} unless given
  --users <number>      users stored, 100000 unless given
  --many <number>       users stored for the goals, 1000000 unless given
  --rounds <number>     rounds in which contenders take turns, 5 unless given
  --seconds <number>    seconds of load in each, 2 unless given
  --connections <list>  1,64,256 unless given
  --write               writes docs/benchmarks.md and docs/benchmarks.svg
  --help

It takes about a quarter of an hour, and --goals some ten minutes more. A look takes a minute:
npm run bench -- --only zitadel --connections 256 --users 10000 --rounds 3
`;

/** What the command line says; throws an Error whose message is one line to be shown. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      goals: { type: 'boolean', default: false },
      stores: { type: 'string', default: storeNames.join(',') },
      users: { type: 'string', default: '100000' },
      many: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      connections: { type: 'string', default: '1,64,256' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const standard = values.goals ? [...quickParts, ...slowParts] : quickParts;
  const parts = new Set(namesIn('only', values.only, [...quickParts, ...slowParts]) ?? standard);
  const wantsLarge = slowParts.some((part) => parts.has(part));
  return {
    users: numberIn('users', values.users),
    many: numberIn('many', values.many),
    rounds: numberIn('rounds', values.rounds),
    seconds: numberIn('seconds', values.seconds),
    connections: values.connections.split(',').map((text) => numberIn('connections', text)),
    stores: namesIn('stores', values.stores, storeNames) ?? storeNames,
    write: values.write,
    wants: (part) => parts.has(part),
    wantsLarge,
    wantsUsual: [...parts].some((part) => !slowParts.includes(part) && !(wantsLarge && eitherParts.includes(part))),
  };
}

function numberIn(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${option} needs a whole number from 1, and not ${text}.`);
}

function namesIn<Name extends string>(option: string, text: string | undefined, known: readonly Name[]) {
  return text?.split(',').map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found === undefined) throw new Error(`--${option} knows ${known.join(', ')}, and not ${name}.`);
    return found;
  });
}
