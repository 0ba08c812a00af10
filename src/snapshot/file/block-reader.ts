import { unwritten } from '../../columns/unwritten.ts';
import type { Unseal } from './seal.ts';
import { DamagedContent } from './unusable-file.ts';

/** The part of a file handle that reading needs. */
export interface ReadableFile {
  read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Bytes that are read and unsealed at once: less than a millisecond of work. */
const blockLength = 2 ** 18;

/** A text is a name, and comes from a row of at most 16 MiB. */
const longestText = 2 ** 24;

/** The last moment that a `Date` can represent, in milliseconds: ECMA-262, section "Time Values and Time Range". */
const latestTime = 8.64e15;

/** Reads what a `BlockWriter` has written. The values must not be used before `end` has resolved. */
export class BlockReader {
  readonly #file: ReadableFile;
  readonly #unseal: Unseal;
  readonly #end: number;
  readonly #block = Buffer.allocUnsafeSlow(blockLength);
  /** The position of the next block in the file. */
  #position: number;
  /** The unread rest of the last block. */
  #rest: Uint8Array = new Uint8Array(0);

  /**
   * @param start the position of the sealed values in the file
   * @param length the length of the file
   */
  constructor(file: ReadableFile, unseal: Unseal, start: number, length: number) {
    this.#file = file;
    this.#unseal = unseal;
    this.#position = start;
    this.#end = length - unseal.trailerLength;
  }

  async uint32(): Promise<number> {
    return new Uint32Array(await this.bytes(4))[0] ?? 0;
  }

  /**
   * A whole number that was written as a float64.
   *
   * @throws DamagedContent if it is another number, is negative, or is greater than `most`
   */
  async integer(most: number = Number.MAX_SAFE_INTEGER): Promise<number> {
    const value = await this.#float64();
    if (!Number.isSafeInteger(value) || value < 0 || value > most) throw new DamagedContent();
    return value;
  }

  /**
   * Milliseconds since 1970-01-01T00:00:00Z, maybe with a fraction.
   *
   * @throws DamagedContent if it is no time
   */
  async time(): Promise<number> {
    const value = await this.#float64();
    if (!(Math.abs(value) <= latestTime)) throw new DamagedContent();
    return value;
  }

  /** @throws DamagedContent if it is longer than any name */
  async text(): Promise<string> {
    const length = await this.uint32();
    if (length > longestText) throw new DamagedContent();
    return Buffer.from(await this.bytes(length)).toString('utf8');
  }

  /** @throws DamagedContent if that is no length, or the file has fewer bytes left */
  async bytes(length: number): Promise<ArrayBuffer> {
    if (!Number.isSafeInteger(length) || length < 0) throw new DamagedContent();
    // The length itself may be damaged, so never allocate more than the file can fill.
    if (length > this.#rest.length + this.#end - this.#position) throw new DamagedContent();
    const bytes = new Uint8Array(unwritten(length));
    for (let done = 0; done < length; ) {
      if (this.#rest.length === 0) await this.#nextBlock();
      const part = this.#rest.subarray(0, length - done);
      bytes.set(part, done);
      this.#rest = this.#rest.subarray(part.length);
      done += part.length;
    }
    return bytes.buffer;
  }

  /** @throws DamagedContent if there are more values, or those that were read are not those that were written */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || this.#position !== this.#end) throw new DamagedContent();
    const trailer = await this.#read(this.#unseal.trailerLength);
    if (trailer.length !== this.#unseal.trailerLength || !this.#unseal.verify(trailer)) {
      throw new DamagedContent();
    }
  }

  async #float64(): Promise<number> {
    return new Float64Array(await this.bytes(8))[0] ?? 0;
  }

  async #nextBlock(): Promise<void> {
    this.#rest = this.#unseal.open(await this.#read(Math.min(blockLength, this.#end - this.#position)));
  }

  async #read(length: number): Promise<Uint8Array> {
    const { bytesRead } = await this.#file.read(this.#block, 0, length, this.#position);
    if (bytesRead === 0) throw new DamagedContent();
    this.#position += bytesRead;
    return this.#block.subarray(0, bytesRead);
  }
}
