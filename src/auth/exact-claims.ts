import { lengthWithoutZeros } from '../values/number/decimal.ts';
import type { Claims } from './claims.ts';

/** Strings and numbers of JSON, strings first so that digits within them are left alone. */
const literals = /"(?:[^"\\]|\\[\s\S])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The claims of a token whose signature has been verified. A number that JavaScript would round, such as 9007199254740993,
 * becomes its text: rounded, it could be the id of someone else.
 *
 * @param token a JWS in its compact form
 */
export function exactClaims(token: string): Claims {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return JSON.parse(
    payload.replace(literals, (literal) =>
      literal.startsWith('"') || isExact(literal) ? literal : JSON.stringify(literal),
    ),
  );
}

/** Whether parsing the text to a number preserves its value. */
function isExact(text: string): boolean {
  const read = Number(text);
  return Number.isFinite(read) && normalized(String(read)) === normalized(text);
}

/** A canonical text of a decimal: equal decimals have equal texts. */
function normalized(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.slice(0, lengthWithoutZeros(digits));
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
