import { styleText } from 'node:util';
import { levels as pinoLevels } from 'pino';

/** The name and colour of each level, by pino's number. */
const levels = new Map<unknown, { readonly name: string; readonly colour: Parameters<typeof styleText>[0] }>([
  [pinoLevels.values.debug, { name: 'DEBUG', colour: 'blue' }],
  [pinoLevels.values.info, { name: 'INFO', colour: 'green' }],
  [pinoLevels.values.warn, { name: 'WARN', colour: 'yellow' }],
  [pinoLevels.values.error, { name: 'ERROR', colour: 'red' }],
]);

/**
 * A line of the log for people: time, level and message, followed by the properties of the event.
 *
 * @param json the line of pino
 * @param isColoured whether to colour it
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

/** Escapes control characters, which a terminal would interpret. Names in a database may contain any. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
