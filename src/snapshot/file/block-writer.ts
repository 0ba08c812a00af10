import type { Seal } from './seal.ts';

/** The part of a file handle that writing needs. */
export interface WritableFile {
  write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }>;
}

/** Bytes that are sealed and written at once: less than a millisecond of work. */
const blockLength = 2 ** 18;

/** Seals values and writes them one after the other. */
export class BlockWriter {
  readonly #file: WritableFile;
  readonly #seal: Seal;
  /** Small values that have not been written yet. */
  #pending: Uint8Array[] = [];

  constructor(file: WritableFile, seal: Seal) {
    this.#file = file;
    this.#seal = seal;
  }

  /** @param value a whole number below 2^32 */
  uint32(value: number): void {
    this.#pending.push(new Uint8Array(Uint32Array.of(value).buffer));
  }

  float64(value: number): void {
    this.#pending.push(new Uint8Array(Float64Array.of(value).buffer));
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.uint32(bytes.length);
    this.#pending.push(bytes);
  }

  /** The bytes of an array, without its length. */
  async bytes(array: ArrayBufferView): Promise<void> {
    await this.#flush();
    for (let at = 0; at < array.byteLength; at += blockLength) {
      const length = Math.min(blockLength, array.byteLength - at);
      await this.#write(this.#seal.seal(new Uint8Array(array.buffer, array.byteOffset + at, length)));
    }
  }

  /** Writes the trailer of the seal. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#write(this.#seal.trailer());
  }

  async #flush(): Promise<void> {
    const pending = Buffer.concat(this.#pending.splice(0));
    if (pending.length > 0) await this.#write(this.#seal.seal(pending));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#file.write(bytes.subarray(done))).bytesWritten;
    }
  }
}
