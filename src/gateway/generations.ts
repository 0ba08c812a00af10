import { endReady, type Ready } from '../columns/ready.ts';

/**
 * Lends the current value to work that starts now, and retires a value when it has been replaced and its last work has
 * finished.
 */
export class Generations<T> {
  readonly #onRetired: (retired: T, live: readonly T[]) => void;
  /** The values that are current or lent, with the number of loans. */
  readonly #users = new Map<T, number>();
  #current: T;

  /** @param onRetired called with a value that is no longer used, and with those that still are */
  constructor(first: T, onRetired: (retired: T, live: readonly T[]) => void) {
    this.#current = first;
    this.#onRetired = onRetired;
    this.#users.set(first, 0);
  }

  get current(): T {
    return this.#current;
  }

  /** The values that are current or still lent. */
  get live(): readonly T[] {
    return [...this.#users.keys()];
  }

  replace(next: T): void {
    const replaced = this.#current;
    this.#current = next;
    this.#users.set(next, 0);
    this.#retireUnused(replaced);
  }

  lend<Result>(use: (current: T) => Ready<Result>): Ready<Result> {
    const lent = this.#current;
    this.#users.set(lent, (this.#users.get(lent) ?? 0) + 1);
    return endReady(
      () => use(lent),
      () => this.#giveBack(lent),
    );
  }

  #giveBack(lent: T): void {
    this.#users.set(lent, (this.#users.get(lent) ?? 1) - 1);
    this.#retireUnused(lent);
  }

  #retireUnused(candidate: T): void {
    if (candidate === this.#current || this.#users.get(candidate) !== 0) return;
    this.#users.delete(candidate);
    this.#onRetired(candidate, this.live);
  }
}
