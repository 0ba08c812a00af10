import type { Duplex } from 'node:stream';

/** A row as Postgres prints it: the text of each column, or null. */
export type TextRow = readonly (string | null)[];

/** A page is handed on at either of these, rows or characters, so that what is done with one never takes long. */
const pageRows = 500;
const pageSize = 1 << 18;
/** Pages that wait to be taken; where there are more, the connection is not read until some have been. */
const mostPages = 4;

/** Rows on their way from a connection to whoever takes them, in pages. Holds the connection back where it must. */
export class PageQueue {
  readonly #pages: TextRow[][] = [];
  #page: TextRow[] = [];
  #pageSize = 0;
  #stream: Duplex | undefined;
  #wake: (() => void) | undefined;
  #ended: { readonly error: unknown } | undefined | 'whole';
  /** Rows that were pushed so far. */
  rows = 0;
  /** Characters of their text. */
  size = 0;

  /** @param stream is paused while too many pages wait */
  readFrom(stream: Duplex): void {
    this.#stream = stream;
  }

  push(row: TextRow): void {
    const size = row.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    this.rows++;
    this.size += size;
    this.#pageSize += size;
    this.#page.push(row);
    if (this.#page.length >= pageRows || this.#pageSize >= pageSize) this.#flush();
  }

  /** No more rows come. */
  end(): void {
    this.#flush();
    this.#ended ??= 'whole';
    this.#wake?.();
  }

  /** No more rows come, because of this. Those that came before are still handed on. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  /**
   * The next page; undefined after the last one.
   *
   * @throws what it failed with
   */
  async take(): Promise<readonly TextRow[] | undefined> {
    while (this.#pages.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const page = this.#pages.shift();
    if (this.#pages.length < mostPages) this.#stream?.resume();
    if (!page && typeof this.#ended === 'object') throw this.#ended.error;
    return page;
  }

  #flush(): void {
    if (this.#page.length > 0) this.#pages.push(this.#page);
    this.#page = [];
    this.#pageSize = 0;
    if (this.#pages.length >= mostPages) this.#stream?.pause();
    this.#wake?.();
  }
}
