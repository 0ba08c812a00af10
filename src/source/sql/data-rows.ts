import { isUtf8 } from 'node:buffer';
import type { TextRows } from '../text-rows.ts';

/** Each message begins with its type, a byte, and its length in four bytes. */
export const headLength = 5;

/**
 * The minimum size of a row's message in bytes: the head, the number of columns, and the length of each column's text, or
 * -1 for null: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function leastRowLength(columns: number): number {
  return headLength + 2 + 4 * columns;
}

/** The digits of a row's number in base 36: enough for 2.8 × 10^12 rows, whose numbers sort as texts. */
export const numberDigits = 8;
const base = 36;

/** DataRow messages, each of which holds a row. */
export interface DataRows {
  /** Contains the messages up to `end`, followed by room for the rows' numbers if they are wanted. */
  readonly bytes: Buffer;
  readonly end: number;
  /** Where each message starts. */
  readonly starts: readonly number[];
  /** The number of columns in each row. */
  readonly columns: number;
  /** The number of the first row, if the first field of each row is its number. */
  readonly firstNumber: number | undefined;
}

/** Locates the fields of the rows, which stay where they are in `bytes`. */
export function toTextRows({ bytes, end, starts, columns, firstNumber }: DataRows): TextRows {
  const numbered = firstNumber !== undefined;
  if (numbered) writeNumbers(bytes, end, firstNumber, starts.length);
  /** Texts that were not UTF-8, with replacement characters. They are appended to the bytes. */
  const mended: Buffer[] = [];
  let mendedEnd = bytes.length;
  const spans = new Array<number>(2 * starts.length * (columns + (numbered ? 1 : 0)));
  let next = 0;
  for (let row = 0; row < starts.length; row++) {
    if (numbered) {
      spans[next++] = end + row * numberDigits;
      spans[next++] = end + (row + 1) * numberDigits;
    }
    let at = (starts[row] ?? 0) + headLength + 2;
    for (let column = 0; column < columns; column++) {
      const length = int32(bytes, at);
      at += 4;
      if (length < 0) {
        spans[next++] = -1;
        spans[next++] = -1;
        continue;
      }
      const textEnd = at + length;
      // With the encoding SQL_ASCII, Postgres does not check texts.
      if (isShortAscii(bytes, at, textEnd) || isUtf8(bytes.subarray(at, textEnd))) {
        spans[next++] = at;
        spans[next++] = textEnd;
      } else {
        const text = Buffer.from(bytes.toString('utf8', at, textEnd));
        mended.push(text);
        spans[next++] = mendedEnd;
        mendedEnd += text.length;
        spans[next++] = mendedEnd;
      }
      at = textEnd;
    }
  }
  const whole = mended.length > 0 ? Buffer.concat([bytes, ...mended], mendedEnd) : bytes;
  return { length: starts.length, bytes: whole, spans };
}

/** Writes `count` numbers, beginning with `first`, without separators. */
function writeNumbers(target: Buffer, start: number, first: number, count: number): void {
  for (let i = 0; i < count; i++) {
    let rest = first + i;
    for (let at = start + numberDigits * (i + 1) - 1; at >= start + numberDigits * i; at--) {
      const digit = rest % base;
      target[at] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10;
      rest = Math.floor(rest / base);
    }
  }
}

/** Faster than `readInt32BE`, which checks more. */
function int32(bytes: Buffer, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Whether the text is short and ASCII. Most are, and looking at their bytes is cheaper than making a view for `isUtf8`. */
function isShortAscii(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 128) return false;
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at] ?? 0;
  return all < 0x80;
}
