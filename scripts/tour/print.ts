import { type InspectColor, styleText } from 'node:util';
import { layOut } from './layout.ts';
import type { Exchange } from './wires.ts';

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Coloured on a terminal, plain anywhere else. */
export function style(format: InspectColor | InspectColor[], text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

export function sayTitle(text: string): void {
  say(`\n${style('bold', text)}\n`);
}

/** What was sent, and what came back. */
export function sayExchange(vendor: string, exchange: Exchange): void {
  sayAddress(vendor, exchange);
  say(block(style('yellow', '→'), exchange.sent));
  say(block(style('green', '←'), exchange.received, exchange.status));
  say();
}

/** What a read answered. */
export function sayShown(vendor: string, exchange: Exchange): void {
  sayAddress(vendor, exchange);
  say(block(style('green', '←'), exchange.received));
  say();
}

function sayAddress(vendor: string, { to }: Exchange): void {
  say(`  ${style(['bold', 'cyan'], vendor.padEnd(11))} ${to}`);
}

function block(arrow: string, text: string, status = ''): string {
  const [first = '', ...rest] = layOut(text).split('\n');
  const lines = [status === '' ? first : `${style('green', status)} ${first}`, ...rest.map((line) => `  ${line}`)];
  return `    ${arrow} ${lines.join('\n    ')}`;
}
