import { styleText } from 'node:util';
import { levels as pinoLevels } from 'pino';

/** How a level is shown, by the number that pino has for it. */
const levels = new Map<unknown, { readonly name: string; readonly colour: Parameters<typeof styleText>[0] }>([
  [pinoLevels.values.debug, { name: 'DEBUG', colour: 'blue' }],
  [pinoLevels.values.info, { name: 'INFO', colour: 'green' }],
  [pinoLevels.values.warn, { name: 'WARN', colour: 'yellow' }],
  [pinoLevels.values.error, { name: 'ERROR', colour: 'red' }],
]);

/**
 * A line of the log as people read it: time, level and message, and below it the facts of the event.
 *
 * @param json the line as pino writes it
 * @param isColoured whether it goes to a terminal
 */
export function prettyLine(json: string, isColoured: boolean): string {
  const { level, time, event: _, message, stack, ...facts } = JSON.parse(json);
  const paint = (colour: Parameters<typeof styleText>[0], text: string) =>
    isColoured ? styleText(colour, text) : text;
  const { name, colour } = levels.get(level) ?? { name: String(level), colour: 'white' };
  const lines = [
    `[${String(time).slice(11, -1)}] ${paint(colour, name)}: ${paint('cyan', printable(String(message)))}`,
    ...Object.entries(facts).map(
      ([key, value]) => `    ${paint('magenta', key)}: ${printable(JSON.stringify(value))}`,
    ),
    ...(typeof stack === 'string' ? stack.split('\n').map((line) => `    ${printable(line)}`) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Names of a database may hold anything, and a terminal would do what control characters say. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
