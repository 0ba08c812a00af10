/** Lets in one at a time, in the order in which they came. */
export class SingleFile {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all who came before have left, to what has to be called in order to leave. */
  enter(): Promise<() => void> {
    const before = this.#last;
    return new Promise((resolve) => {
      this.#last = new Promise((leave) => {
        void before.then(() => resolve(leave));
      });
    });
  }
}
