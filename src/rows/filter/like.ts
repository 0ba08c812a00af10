import { ByteSearch, lowerCase, sameCase } from './byte-search.ts';
import { InvalidPatternError } from './filter.ts';
import type { BytesTest } from './text-predicate.ts';

/**
 * Compiles a pattern of SQL's LIKE: `%` is any text, `_` any one code point, and a backslash takes away the meaning
 * of the next character.
 *
 * @param ignoreCase whether ASCII letters match in either case, as ILIKE has it under the collation `C`
 * @throws InvalidPatternError where the pattern ends with a backslash that escapes nothing
 */
export function compileLike(pattern: string, ignoreCase: boolean): BytesTest {
  const fold = ignoreCase ? lowerCase : sameCase;
  const pieces = splitPattern(pattern, fold);
  const [first = []] = pieces;
  const last = pieces.at(-1) ?? [];
  if (pieces.length === 1) return (bytes, start, end) => matchAt(first, fold, bytes, start, end) === end;
  const middle = pieces
    .slice(1, -1)
    .filter((piece) => piece.length > 0)
    .map((piece) => findPiece(piece, fold));
  return (bytes, start, end) => {
    let at = matchAt(first, fold, bytes, start, end);
    if (at < 0) return false;
    const stop = matchBefore(last, fold, bytes, at, end);
    if (stop < 0) return false;
    for (const find of middle) {
      at = find(bytes, at, stop);
      if (at < 0) return false;
    }
    return true;
  };
}

/** Compiles a test for a beginning. */
export function compilePrefix(prefix: string): BytesTest {
  const piece: Piece = [...Buffer.from(prefix)];
  return (bytes, start, end) => matchAt(piece, sameCase, bytes, start, end) >= 0;
}

/** What stands between two `%`: bytes, and `anyCharacter` for each `_`. */
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
        throw new InvalidPatternError(
          'a pattern must not end with its escape character, but got one that does',
        );
      }
      for (const byte of Buffer.from(literal)) piece.push(fold[byte] ?? 0);
    }
  }
  return pieces;
}

/** Where the piece ends that begins at `at`; -1 where it does not stand there. */
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

/** Where the piece begins that ends at `end`, not before `from`; -1 where it does not stand there. */
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

/** Finds where the first occurrence of the piece ends; -1 where there is none. */
function findPiece(piece: Piece, fold: Uint8Array): (bytes: Uint8Array, from: number, end: number) => number {
  if (!piece.includes(anyCharacter)) {
    const search = new ByteSearch(Uint8Array.from(piece), fold);
    return (bytes, from, end) => search.endIn(bytes, from, end);
  }
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
