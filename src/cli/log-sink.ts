import pino, { type DestinationStream, type Logger } from 'pino';
import { printDuration } from '../duration.ts';
import type { Observation, Observe } from '../observation.ts';
import { counted } from '../wording.ts';
import { prettyLine } from './pretty-line.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export const logFormats = ['json', 'pretty'] as const;

/** What to log, and in which format. */
export interface LogOptions {
  readonly level: (typeof logLevels)[number];
  readonly format: (typeof logFormats)[number];
  /** Requests that take at least this many milliseconds are logged at `warn`; none by default. */
  readonly slowQueryMs?: number | undefined;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A sink that writes each observation to standard output: as a line of JSON, or as people read it. */
export function createLogSink({
  level,
  format,
  slowQueryMs = Number.POSITIVE_INFINITY,
}: LogOptions): Observe {
  const options = { level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
  const output = pino.destination({ sync: true });
  const logger: Logger = pino(options, format === 'pretty' ? prettyDestination(output) : output);
  return (observation) => {
    const level = levelOf(observation, slowQueryMs);
    // Most requests are not logged, so this has to be fast.
    if (!logger.isLevelEnabled(level)) return;
    // The line has a message of its own, which includes that of the observation.
    const { error, message: _, ...facts } = { error: undefined, message: undefined, ...observation };
    // Of an unexpected error only the stack is logged, because its other properties could contain anything.
    const stack = error instanceof Error ? { stack: error.stack } : {};
    logger[level]({ ...facts, ...stack }, describe(observation));
  };
}

function prettyDestination(output: DestinationStream): DestinationStream {
  const isColoured = process.stdout.isTTY && process.stdout.hasColors();
  return { write: (line) => output.write(prettyLine(line, isColoured)) };
}

/** The level of each event; for a request, of a successful one. */
export const levels: Readonly<Record<Observation['event'], Level>> = {
  'port-open': 'info',
  listening: 'info',
  'admin-listening': 'info',
  request: 'debug',
  refused: 'warn',
  stopping: 'info',
  model: 'info',
  'reload-failed': 'warn',
  'catalog-unavailable': 'warn',
  'statements-skipped': 'info',
  problem: 'warn',
  'scan-progress': 'info',
  'scan-finished': 'info',
  'scan-failed': 'warn',
  'snapshot-file': 'warn',
  'snapshot-published': 'info',
  'snapshot-loaded': 'info',
  sharing: 'warn',
  worker: 'warn',
  'keys-skipped': 'warn',
  'keys-unavailable': 'warn',
  'compiled-failed': 'error',
  'internal-error': 'error',
};

/** The level of an observation. */
export function levelOf(observation: Observation, slowQueryMs = Number.POSITIVE_INFINITY): Level {
  if (observation.event !== 'request') return levels[observation.event];
  const isRemarkable = observation.codes.length > 0 || observation.durationMs >= slowQueryMs;
  return isRemarkable ? 'warn' : levels.request;
}

function describe(observation: Observation): string {
  switch (observation.event) {
    case 'port-open':
      return `the port is open, and GraphQL is at ${observation.url} once the catalog has been read`;
    case 'listening':
      return `GraphQL is at ${observation.url}`;
    case 'admin-listening':
      return `the admin port is at ${observation.url}`;
    case 'request': {
      const { operationType, operationName, status, codes, durationMs } = observation;
      const what = [operationType ?? 'request', operationName].filter((part) => part).join(' ');
      return `${what}: ${[status, ...codes].join(' ')} in ${durationMs.toFixed(1)} ms`;
    }
    case 'refused':
      return `a request was rejected: ${observation.status} ${observation.code}`;
    case 'stopping':
      return `stopping: ${observation.reason}`;
    case 'model':
      return `exposing ${counted(observation.tables, 'foreign table')}, with ${counted(observation.problems, 'problem')}`;
    case 'reload-failed':
      return `the catalog cannot be read again, and the last one read is in effect: ${observation.message} (next try in ${printDuration(observation.retryInMs)})`;
    case 'catalog-unavailable':
      return `waiting for the catalog: ${observation.message} (next try in ${printDuration(observation.retryInMs)})`;
    case 'statements-skipped':
      return `skipped ${counted(observation.statements, 'statement')} of the SQL on which the catalog does not depend (inspect lists them)`;
    case 'problem':
      return `${observation.object}: ${observation.reason} (${observation.hint})`;
    case 'scan-progress':
      return `scanning ${observation.server}.${observation.object}: ${counted(observation.rows, 'row')} so far`;
    case 'scan-finished':
      return `scanned ${observation.server}.${observation.object}: ${counted(observation.rows, 'row')} in ${Math.round(observation.durationMs)} ms`;
    case 'scan-failed':
      return `the scan of ${observation.server}.${observation.object} failed: ${observation.message}`;
    case 'snapshot-file':
      return observation.message;
    case 'snapshot-published':
      return `published snapshot ${observation.sequence} of ${observation.server}.${observation.object} (${observation.bytes} bytes)`;
    case 'snapshot-loaded':
      return `loaded snapshot ${observation.sequence} of ${observation.server}.${observation.object} (${observation.bytes} bytes) in ${observation.durationMs} ms`;
    case 'sharing':
      return `${observation.server}.${observation.object}: ${observation.message}`;
    case 'worker':
      return observation.message;
    case 'keys-skipped':
      return `keys at ${observation.url} are skipped: ${observation.message}`;
    case 'keys-unavailable':
      return `the keys at ${observation.url} are not available: ${observation.message}`;
    case 'compiled-failed':
      return `compiled code of ${observation.operationName ?? 'an operation'} failed, and the interpreter answered instead`;
    case 'internal-error':
      return `an answer failed unexpectedly (${observation.errorId})`;
  }
}
