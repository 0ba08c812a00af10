/**
 * The elements of an array literal with one dimension, as Postgres reads it: `{a,"b c",NULL}`. Undefined for any
 * other text, such as one with several dimensions.
 */
export function parseArrayLiteral(text: string): readonly (string | null)[] | undefined {
  const inner = braces.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (blank.test(inner)) return [];
  const elements: (string | null)[] = [];
  element.lastIndex = 0;
  for (;;) {
    const match = element.exec(inner);
    if (!match) return undefined;
    elements.push(toElement(match[1], match[2]));
    if (element.lastIndex === inner.length && match[3] === '') return elements;
  }
}

const braces = /^[ \t\n\v\f\r]*\{(.*)\}[ \t\n\v\f\r]*$/s;
const blank = /^[ \t\n\v\f\r]*$/;

/**
 * A quoted element, or a bare one, which ends before the white space that follows it; then a comma or the end. In
 * both a backslash takes away the meaning of the next character.
 */
const element =
  /[ \t\n\v\f\r]*(?:"((?:[^"\\]|\\.)*)"|((?:[^"\\{}, \t\n\v\f\r]|\\.)(?:(?:[^"\\{},]|\\.)*(?:[^"\\{}, \t\n\v\f\r]|\\.))?))[ \t\n\v\f\r]*(,|$)/suy;

function toElement(quoted: string | undefined, bare: string | undefined): string | null {
  if (quoted === undefined && bare?.toLowerCase() === 'null') return null;
  return (quoted ?? bare ?? '').replace(escaped, '$1');
}

const escaped = /\\(.)/gsu;
