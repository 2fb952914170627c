import { destination, pino, stdTimeFunctions } from 'pino';
import type { Log } from '#core/ports.ts';
import type { LogLevel } from './settings.ts';

/** Logs as JSON, one line each, to stderr: stdout is for people. */
export function createLog(level: LogLevel): Log {
  const log = pino(
    { level, base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    destination({ dest: 2, sync: true }),
  );
  return {
    debug: (facts, text) => log.debug(facts, text),
    info: (facts, text) => log.info(facts, text),
    warn: (facts, text) => log.warn(facts, text),
    error: (facts, text) => log.error(facts, text),
  };
}
