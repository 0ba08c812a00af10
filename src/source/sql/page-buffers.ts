/** Bytes of a buffer that is used again: what one read of a socket brings, 64 KiB, and as much again. */
const reusedLength = 1 << 17;

/**
 * Buffers for the pages of one scan. Few pages are under way at a time, so that a scan of any length takes as many
 * buffers as those: memory outside the heap that comes and goes has V8 collect garbage again and again.
 */
export class PageBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of at least this many bytes, with any content. */
  take(bytes: number): Buffer {
    if (bytes > reusedLength) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(reusedLength);
  }

  /** Takes back a buffer that nobody looks at any more. */
  give(buffer: Buffer): void {
    if (buffer.length === reusedLength) this.#free.push(buffer);
  }
}
