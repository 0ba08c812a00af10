import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Observation, Observe } from '../observation.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export const logFormats = ['json', 'pretty'] as const;

/** How much to log, and in which form. */
export interface LogOptions {
  readonly level: (typeof logLevels)[number];
  readonly format: (typeof logFormats)[number];
}

/** A sink that writes each observation as one line on standard output. */
export function createLogSink({ level, format }: LogOptions): Observe {
  const options = { level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
  const logger: Logger =
    format === 'pretty'
      ? pino(
          options,
          pretty({ messageKey: 'message', ignore: 'event', sync: true, colorize: process.stdout.isTTY }),
        )
      : pino(options, pino.destination({ sync: true }));
  return (observation) => {
    // The line's own message says what an observation's does, and JSON has room for one of that name.
    const { error, message: _, ...facts } = { error: undefined, message: undefined, ...observation };
    // Of an unexpected error the stack is what helps; its other properties could hold anything.
    const stack = error instanceof Error ? { stack: error.stack } : {};
    logger[levels[observation.event]]({ ...facts, ...stack }, describe(observation));
  };
}

const levels: Readonly<Record<Observation['event'], 'debug' | 'info' | 'warn' | 'error'>> = {
  listening: 'info',
  stopping: 'info',
  model: 'info',
  'statements-skipped': 'info',
  problem: 'warn',
  'scan-progress': 'info',
  'scan-finished': 'info',
  'scan-failed': 'warn',
  'snapshot-file': 'warn',
  'keys-skipped': 'warn',
  'keys-unavailable': 'warn',
  'internal-error': 'error',
};

function describe(observation: Observation): string {
  switch (observation.event) {
    case 'listening':
      return `GraphQL is at ${observation.url}`;
    case 'stopping':
      return `stopping: ${observation.reason}`;
    case 'model':
      return `${observation.tables} foreign tables are exposed, with ${observation.problems} problems`;
    case 'statements-skipped':
      return `${observation.statements} statements of the catalog's SQL play no part in it and were skipped (inspect lists them)`;
    case 'problem':
      return `${observation.object}: ${observation.reason} (${observation.hint})`;
    case 'scan-progress':
      return `scanning ${observation.server}.${observation.object}: ${observation.rows} rows so far`;
    case 'scan-finished':
      return `scanned ${observation.server}.${observation.object}: ${observation.rows} rows in ${Math.round(observation.durationMs)} ms`;
    case 'scan-failed':
      return `the scan of ${observation.server}.${observation.object} failed: ${observation.message}`;
    case 'snapshot-file':
      return observation.message;
    case 'keys-skipped':
      return `keys at ${observation.url} are skipped: ${observation.message}`;
    case 'keys-unavailable':
      return `the keys at ${observation.url} are not available: ${observation.message}`;
    case 'internal-error':
      return `an answer failed unexpectedly (${observation.errorId})`;
  }
}
