import type { LogOptions } from './log-sink.ts';

/**
 * Says on standard error why the process ends: one line, in the form of its log.
 *
 * @param stack where nobody meant the error to happen
 */
export function reportFatal(message: string, format: LogOptions['format'], stack?: string): void {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  const json = () =>
    JSON.stringify({
      // What pino calls fatal: https://getpino.io/#/docs/api?id=loggerlevel-string-gettersetter
      level: 60,
      time: new Date().toISOString(),
      event: 'fatal',
      ...(stack !== undefined && { stack }),
      message: line,
    });
  process.stderr.write(
    format === 'json' ? `${json()}\n` : `fdw-graphql: ${line}\n${stack === undefined ? '' : `${stack}\n`}`,
  );
}
