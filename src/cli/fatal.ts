import type { LogOptions } from './log-sink.ts';

/**
 * Prints to standard error why the process exits: one line, in the format of its log.
 *
 * @param stack of an unexpected error
 */
export function reportFatal(message: string, format: LogOptions['format'], stack?: string): void {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  const json = () =>
    JSON.stringify({
      // pino's level `fatal`: https://getpino.io/#/docs/api?id=loggerlevel-string-gettersetter
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
