/**
 * The elements of a one-dimensional array literal as Postgres reads it, such as `{a,"b c",NULL}`; undefined for any other
 * text, including arrays of several dimensions.
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
 * A quoted or bare element, followed by a comma or the end. A bare one ends before trailing white space. In both, a
 * backslash escapes the next character.
 */
const element =
  /[ \t\n\v\f\r]*(?:"((?:[^"\\]|\\.)*)"|((?:[^"\\{}, \t\n\v\f\r]|\\.)(?:(?:[^"\\{},]|\\.)*(?:[^"\\{}, \t\n\v\f\r]|\\.))?))[ \t\n\v\f\r]*(,|$)/suy;

function toElement(quoted: string | undefined, bare: string | undefined): string | null {
  if (quoted === undefined && bare?.toLowerCase() === 'null') return null;
  return (quoted ?? bare ?? '').replace(escaped, '$1');
}

const escaped = /\\(.)/gsu;
