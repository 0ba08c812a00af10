import { Buffer } from 'node:buffer';
import type { TextColumn } from './column.ts';
import { expandUuid, packedLength, uuidLength } from './uuid.ts';

/** Text without NULLs whose every value is a UUID in lower case, in sixteen bytes each. */
export class UuidColumn implements TextColumn {
  readonly encoding = 'text';
  readonly length: number;
  /** Row `i` is the 16 bytes from `16 * i`. */
  readonly packed: Uint8Array;
  readonly start = 0;
  readonly end = uuidLength;
  readonly #scratch = Buffer.alloc(uuidLength);

  constructor(packed: Uint8Array) {
    this.length = packed.length / packedLength;
    this.packed = packed;
  }

  get bytes(): Uint8Array {
    return this.#scratch;
  }

  get(row: number): string {
    this.locate(row);
    return this.#scratch.toString('latin1');
  }

  isNull(): boolean {
    return false;
  }

  locate(row: number): boolean {
    expandUuid(this.packed, packedLength * row, this.#scratch, 0);
    return true;
  }
}
