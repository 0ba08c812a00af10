/**
 * A bounded queue between producers, which wait while it is full, and one consumer.
 *
 * An item reaches a waiting consumer in the next turn of the event loop, so that the producer can first use the connection,
 * for example to request the next page.
 */
export class BoundedQueue<Item> {
  readonly #capacity: number;
  readonly #items: Item[] = [];
  readonly #producers: (() => void)[] = [];
  #wakeConsumer: (() => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param capacity the items that may wait; at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Resolves when there is room for more. After the queue has failed the item is dropped. */
  async push(item: Item): Promise<void> {
    if (this.#failure) return;
    this.#items.push(item);
    this.#notify();
    if (this.#items.length < this.#capacity) return;
    await new Promise<void>((resume) => {
      this.#producers.push(resume);
    });
  }

  /** Ends the consumer's iteration after the items that wait. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Ends the consumer's iteration at once with the error, and releases waiting producers. The first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#items.length = 0;
    for (const resume of this.#producers.splice(0)) resume();
    this.#notify();
  }

  /** The next item; undefined after the last one. */
  async take(): Promise<Item | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#producers.shift()?.();
        return item;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((wake) => {
        this.#wakeConsumer = () => setImmediate(wake);
      });
    }
  }

  #notify(): void {
    this.#wakeConsumer?.();
    this.#wakeConsumer = undefined;
  }
}
