import { isUtf8 } from 'node:buffer';
import type { TextRows } from '../text-rows.ts';

/** A message begins with its kind, and its length without that. */
export const headLength = 5;

/**
 * How many bytes a row's message has at the least: after its head there is the number of columns, and for each the
 * length of its text, or -1: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function leastRowLength(columns: number): number {
  return headLength + 2 + 4 * columns;
}

/** Digits of a row's number in base 36, so that the order of texts is that of rows: 2.8 × 10^12 of them. */
export const numberDigits = 8;
const base = 36;

/** Messages that hold a row each. */
export interface DataRows {
  /** Contains the messages up to `end`, and then has room for the rows' numbers, if wanted. */
  readonly bytes: Buffer;
  readonly end: number;
  /** Where each message starts. */
  readonly starts: readonly number[];
  /** How many columns each row has. */
  readonly columns: number;
  /** The number of the first row, if the first field of each row is its number. */
  readonly firstNumber: number | undefined;
}

/** The rows, in the same bytes. */
export function toTextRows({ bytes, end, starts, columns, firstNumber }: DataRows): TextRows {
  const numbered = firstNumber !== undefined;
  if (numbered) writeNumbers(bytes, end, firstNumber, starts.length);
  /** Texts that are not what they should be; they follow the bytes. */
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
      // An encoding that Postgres knows nothing of, SQL_ASCII, may hold anything.
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

/** Writes the numbers from `first` on, one after the other. */
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

/** Most texts are short, so that a view of each would cost more than a look at its bytes. */
function isShortAscii(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 128) return false;
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at] ?? 0;
  return all < 0x80;
}
