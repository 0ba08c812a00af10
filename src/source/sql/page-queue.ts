import type { Duplex } from 'node:stream';
import type { TextRows } from '../text-rows.ts';
import { PageBuffers } from './page-buffers.ts';

/** The number of pages that may wait. If there are more, the connection is not read until some have been taken. */
const mostPages = 8;

/** Pages of rows from a connection to their consumer. Pauses the connection if there are too many. */
export class PageQueue {
  /** What the bytes of pages are put into. */
  readonly buffers = new PageBuffers();
  readonly #pages: TextRows[] = [];
  /** The page that was taken last, which its consumer needs until it takes the next. */
  #taken: TextRows | undefined;
  #stream: Duplex | undefined;
  #wake: (() => void) | undefined;
  /** Whether nobody takes pages any more. */
  isAbandoned = false;
  #ended: { readonly error: unknown } | undefined | 'whole';
  /** Rows that were pushed so far. */
  rows = 0;
  /** Bytes that they took. */
  size = 0;

  /** @param stream is paused while too many pages wait */
  readFrom(stream: Duplex): void {
    this.#stream = stream;
  }

  /** @param size how many bytes of the page's own are its rows */
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

  /** No more rows come. */
  end(): void {
    this.#ended ??= 'whole';
    this.#wake?.();
  }

  /** No more rows come, because of this. Those that came before are still handed on. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  /** Nobody takes pages any more: what still comes is read and dropped, so that the connection can be closed. */
  abandon(): void {
    this.isAbandoned = true;
    this.#pages.length = 0;
    this.#stream?.resume();
  }

  /**
   * The next page; undefined after the last one.
   *
   * @throws what it failed with
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
