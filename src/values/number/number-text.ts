/**
 * An integer as Postgres' input functions read it since version 16: decimal, hexadecimal, octal or binary, with optional
 * white space around it and single underscores between digits.
 */
export function parseWhole(text: string): bigint | undefined {
  const match = whole.exec(text);
  if (!match) return undefined;
  const magnitude = BigInt((match[2] ?? '').replaceAll('_', ''));
  return match[1] === '-' ? -magnitude : magnitude;
}

const whole =
  /^[ \t\n\v\f\r]*([+-]?)(\d+(?:_\d+)*|0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)[ \t\n\v\f\r]*$/;

/** The text without surrounding white space as defined by C's isspace(). */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** A blank, or one of tab, newline, vertical tab, form feed and carriage return. */
function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}
