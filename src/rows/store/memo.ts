/** Things that are made once each, by key, however many ask for them at the same time. */
export class Memo<T> {
  readonly #capacity: number;
  readonly #promises = new Map<string, Promise<T>>();
  readonly #made = new Map<string, T>();

  /** @param capacity how many are kept; beyond it, the one asked for longest ago goes */
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity;
  }

  /** The thing of that key, made by `make` where it is asked for the first time. A failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const promise = this.#promises.get(key) ?? this.#make(key, make);
    this.#promises.delete(key);
    this.#promises.set(key, promise);
    return promise;
  }

  /** The thing of that key, where it has been made already. */
  peek(key: string): T | undefined {
    return this.#made.get(key);
  }

  #make(key: string, make: () => Promise<T>): Promise<T> {
    const [oldest] = this.#promises.keys();
    if (oldest !== undefined && this.#promises.size >= this.#capacity) this.#forget(oldest);
    const promise = make().then(
      (made) => {
        if (this.#promises.get(key) === promise) this.#made.set(key, made);
        return made;
      },
      (error: unknown) => {
        this.#forget(key);
        throw error;
      },
    );
    return promise;
  }

  #forget(key: string): void {
    this.#promises.delete(key);
    this.#made.delete(key);
  }
}
