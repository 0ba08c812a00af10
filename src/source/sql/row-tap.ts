import type { Duplex } from 'node:stream';
import type { TextRows } from '../text-rows.ts';
import { headLength, leastRowLength, numberDigits, toTextRows } from './data-rows.ts';
import type { PageBuffers } from './page-buffers.ts';

/** The largest row, in bytes. Each row is buffered whole before it can be read, so this also bounds that buffer. */
export const largestRow = 1 << 24;

/** A row of the cursor has more bytes than `largestRow`. */
export class RowTooLargeError extends Error {
  constructor() {
    super(`a row has more than ${largestRow / 2 ** 20} MiB`);
  }
}

/** What the rows look like, and where they go. */
export interface RowTapOptions {
  /** The number of columns in each row. */
  readonly columns: number;
  /** Whether the first field of each row is its number, from 0. */
  readonly numbered: boolean;
  /** Provides the buffers for the rows' bytes; the consumer gives them back. */
  readonly buffers: PageBuffers;
  /** `size` is the length of the rows' messages in bytes. */
  readonly onRows: (rows: TextRows, size: number) => void;
  readonly onTooLarge: (error: RowTooLargeError) => void;
}

/** The type byte of a DataRow message, `D`: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const dataRow = 0x44;

/**
 * Intercepts the rows that Postgres sends before the client turns each value into a string. All other messages still
 * reach the client, after the rows that came before them. Returns a function that undoes this.
 *
 * @param stream the client's stream, at the start of a message
 */
export function tapRows(stream: Duplex, options: RowTapOptions): () => void {
  const { columns, numbered, buffers, onRows, onTooLarge } = options;
  const readers = stream.listeners('data');
  const pass = (bytes: Buffer) => {
    for (const read of readers) Reflect.apply(read, stream, [bytes]);
  };
  /** What has arrived of an incomplete message, and how many bytes are needed to continue. */
  let parts: Buffer[] = [];
  let arrived = 0;
  let needed = headLength;
  let rows = 0;

  const receive = (chunk: Buffer) => {
    parts.push(chunk);
    arrived += chunk.length;
    if (arrived < needed) return;
    const room = numbered ? numberDigits * Math.ceil(arrived / leastRowLength(columns)) : 0;
    const bytes = buffers.take(arrived + room);
    let end = 0;
    for (const part of parts) end += part.copy(bytes, end);
    const starts: number[] = [];
    const others: Buffer[] = [];
    let at = 0;
    needed = headLength;
    while (end - at >= headLength) {
      const length = 1 + bytes.readUInt32BE(at + 1);
      const isRow = bytes[at] === dataRow;
      if (isRow && length > largestRow) return onTooLarge(new RowTooLargeError());
      if (at + length > end) {
        needed = length;
        break;
      }
      if (isRow) starts.push(at);
      else others.push(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
    parts = at < end ? [Buffer.from(bytes.subarray(at, end))] : [];
    arrived = end - at;
    if (starts.length === 0) buffers.give(bytes);
    else {
      const firstNumber = numbered ? rows : undefined;
      rows += starts.length;
      onRows(toTextRows({ bytes, end, starts, columns, firstNumber }), at);
    }
    for (const message of others) pass(message);
  };

  stream.removeAllListeners('data');
  stream.on('data', receive);
  return () => {
    stream.off('data', receive);
    stream.on('data', pass);
  };
}
