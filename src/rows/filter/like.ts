import { ByteSearch, lowerCase, sameCase } from './byte-search.ts';
import { InvalidPatternError } from './filter.ts';
import type { BytesTest } from './text-predicate.ts';

/**
 * Compiles a LIKE pattern: `%` matches any text, `_` any one code point, and a backslash escapes the next character.
 *
 * @param ignoreCase whether ASCII letters match in either case, as with ILIKE under the collation `C`
 * @throws InvalidPatternError if the pattern is too long, or ends with a backslash that escapes nothing
 */
export function compileLike(pattern: string, ignoreCase: boolean): BytesTest {
  assertLength(pattern);
  const fold = ignoreCase ? lowerCase : sameCase;
  const pieces = splitPattern(pattern, fold);
  const [first = []] = pieces;
  const last = pieces.at(-1) ?? [];
  if (pieces.length === 1) return (bytes, start, end) => matchAt(first, fold, bytes, start, end) === end;
  const inner = pieces.slice(1, -1).filter((piece) => piece.length > 0);
  const find = inner.length <= mostSearches ? searchFor : stepTo;
  const middle = inner.map((piece) => find(piece, fold));
  return (bytes, start, end) => {
    let at = matchAt(first, fold, bytes, start, end);
    if (at < 0) return false;
    const stop = matchBefore(last, fold, bytes, at, end);
    if (stop < 0) return false;
    for (const findNext of middle) {
      at = findNext(bytes, at, stop);
      if (at < 0) return false;
    }
    return true;
  };
}

/**
 * Compiles a test for a prefix.
 *
 * @throws InvalidPatternError if it is too long
 */
export function compilePrefix(prefix: string): BytesTest {
  assertLength(prefix);
  const piece: Piece = [...Buffer.from(prefix)];
  return (bytes, start, end) => matchAt(piece, sameCase, bytes, start, end) >= 0;
}

/**
 * The most characters of a pattern: matching a text may take time proportional to the product of both lengths. No
 * attribute of a Cognito user is longer than half of this.
 */
const longestPattern = 4096;

function assertLength(pattern: string): void {
  if (pattern.length <= longestPattern) return;
  throw new InvalidPatternError(
    `a pattern may have at most ${longestPattern} characters; this one has ${pattern.length}`,
  );
}

/** The most pieces that get a skip table of their own, at half a kilobyte each. */
const mostSearches = 32;

/** The part between two `%`: bytes, and `anyCharacter` for each `_`. */
type Piece = readonly number[];

const anyCharacter = -1;

function splitPattern(pattern: string, fold: Uint8Array): readonly Piece[] {
  let piece: number[] = [];
  const pieces = [piece];
  const characters = pattern[Symbol.iterator]();
  for (const character of characters) {
    if (character === '%') {
      piece = [];
      pieces.push(piece);
    } else if (character === '_') piece.push(anyCharacter);
    else {
      const literal = character === '\\' ? characters.next().value : character;
      if (literal === undefined) {
        throw new InvalidPatternError('the pattern ends with a backslash that escapes nothing');
      }
      for (const byte of Buffer.from(literal)) piece.push(fold[byte] ?? 0);
    }
  }
  return pieces;
}

/** The end of the piece if it occurs at `from`, else -1. */
function matchAt(piece: Piece, fold: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (const wanted of piece) {
    if (at >= end) return -1;
    if (wanted !== anyCharacter) {
      if (fold[bytes[at++] ?? 0] !== wanted) return -1;
    } else {
      at++;
      while (at < end && isContinuation(bytes[at])) at++;
    }
  }
  return at;
}

/** The start of the piece if it occurs right before `end` and not before `from`, else -1. */
function matchBefore(piece: Piece, fold: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  for (let i = piece.length - 1; i >= 0; i--) {
    if (at <= from) return -1;
    const wanted = piece[i];
    at--;
    if (wanted !== anyCharacter) {
      if (fold[bytes[at] ?? 0] !== wanted) return -1;
    } else {
      while (at > from && isContinuation(bytes[at])) at--;
    }
  }
  return at;
}

/** Finds the end of the first occurrence of a piece; -1 if there is none. */
type FindPiece = (bytes: Uint8Array, from: number, end: number) => number;

function searchFor(piece: Piece, fold: Uint8Array): FindPiece {
  if (piece.includes(anyCharacter)) return stepTo(piece, fold);
  const search = new ByteSearch(Uint8Array.from(piece), fold);
  return (bytes, from, end) => search.endIn(bytes, from, end);
}

function stepTo(piece: Piece, fold: Uint8Array): FindPiece {
  return (bytes, from, end) => {
    for (let at = from; at < end; at++) {
      if (isContinuation(bytes[at])) continue;
      const found = matchAt(piece, fold, bytes, at, end);
      if (found >= 0) return found;
    }
    return -1;
  };
}

/** Whether the byte continues a code point: RFC 3629, section 3. */
function isContinuation(byte: number | undefined): boolean {
  return ((byte ?? 0) & 0xc0) === 0x80;
}
