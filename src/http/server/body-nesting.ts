import { HttpError } from '../http-error.ts';

/** Bytes of a body up to which its nesting does not matter. */
const smallBody = 64 * 1024;
/** Objects and lists within each other from which a body is refused; a query needs fewer than a hundred. */
const deepest = 1_000;
/** Objects and lists of a body; a list of 10,000 objects with lists in them has fewer. */
const most = 50_000;

const quote = 0x22;
const backslash = 0x5c;
const openingBracket = 0x5b;
const openingBrace = 0x7b;
const closingBracket = 0x5d;
const closingBrace = 0x7d;

/**
 * Refuses a JSON body whose brackets nest so deep, or are so many, that nobody can mean it. `JSON.parse` takes 200 ms for
 * a million deep ones, ten times as long as for anything else of that size, and this a fiftieth of that.
 *
 * @throws HttpError
 */
export function assertShallow(body: Uint8Array): void {
  if (body.length <= smallBody) return;
  let nesting = 0;
  let opened = 0;
  let isText = false;
  let isEscaped = false;
  for (const byte of body) {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = isText;
    else if (byte === quote) isText = !isText;
    else if (isText) continue;
    else if (byte === openingBracket || byte === openingBrace) {
      if (++nesting > deepest) throw tooMany(`${deepest} objects and lists within each other`);
      if (++opened > most) throw tooMany(`${most} objects and lists`);
    } else if (byte === closingBracket || byte === closingBrace) nesting--;
  }
}

function tooMany(what: string): HttpError {
  return new HttpError(400, 'QUERY_TOO_COMPLEX', `the body has more than ${what}`);
}
