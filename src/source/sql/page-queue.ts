import type { Duplex } from 'node:stream';
import type { TextRows } from '../text-rows.ts';
import { PageBuffers } from './page-buffers.ts';

/** How many pages may wait. With that many, the connection is paused until some have been taken. */
const mostPages = 8;

/** Passes pages of rows from a connection to a consumer, and pauses the connection if too many pages wait. */
export class PageQueue {
  /** The buffers for the pages' bytes. */
  readonly buffers = new PageBuffers();
  readonly #pages: TextRows[] = [];
  /** The page taken last: the consumer uses it until it takes the next one. */
  #taken: TextRows | undefined;
  #stream: Duplex | undefined;
  #wake: (() => void) | undefined;
  /** Whether the consumer has stopped. */
  isAbandoned = false;
  #ended: { readonly error: unknown } | undefined | 'whole';
  /** The rows pushed so far. */
  rows = 0;
  /** The size of those rows in bytes. */
  size = 0;

  /** @param stream the connection's stream, paused while too many pages wait */
  readFrom(stream: Duplex): void {
    this.#stream = stream;
  }

  /** @param size the size of the page's rows in bytes */
  push(page: TextRows, size: number): void {
    this.rows += page.length;
    this.size += size;
    if (this.isAbandoned) {
      this.buffers.give(page.bytes);
      return;
    }
    this.#pages.push(page);
    if (this.#pages.length >= mostPages) this.#stream?.pause();
    this.#wake?.();
  }

  /** There are no more rows. */
  end(): void {
    this.#ended ??= 'whole';
    this.#wake?.();
  }

  /** There are no more rows because of this error. Pages that came before it are still delivered. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  /** The consumer has stopped: rows that still arrive are read and dropped, so that the connection can be closed. */
  abandon(): void {
    this.isAbandoned = true;
    this.#pages.length = 0;
    this.#stream?.resume();
  }

  /**
   * The next page; undefined after the last one.
   *
   * @throws the error given to `fail`
   */
  async take(): Promise<TextRows | undefined> {
    if (this.#taken) this.buffers.give(this.#taken.bytes);
    this.#taken = undefined;
    while (this.#pages.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const page = this.#pages.shift();
    this.#taken = page;
    if (this.#pages.length < mostPages) this.#stream?.resume();
    if (!page && typeof this.#ended === 'object') throw this.#ended.error;
    return page;
  }
}
