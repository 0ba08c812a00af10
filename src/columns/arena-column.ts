import { Buffer } from 'node:buffer';
import { wordsOf } from '../values/bytes.ts';
import type { TextColumn, TextReader } from './column.ts';

/** Text without NULLs: the UTF-8 of all rows end to end, and the offset of each. */
export class ArenaColumn implements TextColumn {
  readonly encoding = 'text';
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Row `i` is the bytes from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  readonly #buffer: Buffer;

  constructor(offsets: Uint32Array, bytes: Uint8Array) {
    this.length = offsets.length - 1;
    this.offsets = offsets;
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get(row: number): string {
    const start = this.offsets[row] ?? 0;
    const end = this.offsets[row + 1] ?? 0;
    // On Node 20, `toString` takes its bounds as signed 32-bit integers.
    if (end > 0x7fffffff) return this.#buffer.subarray(start, end).toString('utf8');
    return this.#buffer.toString('utf8', start, end);
  }

  isNull(): boolean {
    return false;
  }

  reader(): TextReader {
    return new ArenaReader(this.offsets, this.bytes);
  }
}

class ArenaReader implements TextReader {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  start = 0;
  end = 0;
  readonly #offsets: Uint32Array;

  constructor(offsets: Uint32Array, bytes: Uint8Array) {
    this.#offsets = offsets;
    this.bytes = bytes;
    this.words = wordsOf(bytes);
  }

  locate(row: number): boolean {
    this.start = this.#offsets[row] ?? 0;
    this.end = this.#offsets[row + 1] ?? 0;
    return true;
  }
}
