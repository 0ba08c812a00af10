import { Buffer } from 'node:buffer';
import { wordsOf } from '../values/bytes.ts';
import { expandUuid, packedLength, uuidLength } from '../values/uuid.ts';
import type { TextColumn, TextReader } from './column.ts';

/** Text without NULLs that consists of lower-case UUIDs, in sixteen bytes each. */
export class UuidColumn implements TextColumn {
  readonly encoding = 'text';
  readonly length: number;
  /** Row `i` is the 16 bytes from `16 * i`. */
  readonly packed: Uint8Array;
  readonly #scratch = Buffer.alloc(uuidLength);

  constructor(packed: Uint8Array) {
    this.length = packed.length / packedLength;
    this.packed = packed;
  }

  get(row: number): string {
    expandUuid(this.packed, packedLength * row, this.#scratch, 0);
    return this.#scratch.toString('latin1');
  }

  isNull(): boolean {
    return false;
  }

  reader(): TextReader {
    return new UuidReader(this.packed);
  }
}

class UuidReader implements TextReader {
  readonly bytes = new Uint8Array(uuidLength);
  readonly words = wordsOf(this.bytes);
  readonly start = 0;
  readonly end = uuidLength;
  readonly #packed: Uint8Array;

  constructor(packed: Uint8Array) {
    this.#packed = packed;
  }

  locate(row: number): boolean {
    expandUuid(this.#packed, packedLength * row, this.bytes, 0);
    return true;
  }
}
