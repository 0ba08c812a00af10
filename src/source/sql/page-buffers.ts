/** The size of a reusable buffer in bytes: twice the 64 KiB that one read of a socket yields at most. */
const reusedLength = 1 << 17;

/**
 * The buffers for the pages of one scan. They are reused, because allocating and freeing memory outside the heap makes V8
 * collect garbage repeatedly. Few pages are in use at a time, so even a long scan needs only a few buffers.
 */
export class PageBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of at least this many bytes, with any content. */
  take(bytes: number): Buffer {
    if (bytes > reusedLength) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(reusedLength);
  }

  /** Takes back a buffer that is no longer used. */
  give(buffer: Buffer): void {
    if (buffer.length === reusedLength) this.#free.push(buffer);
  }
}
