import { endReady, type Ready } from '../columns/ready.ts';

/** A value, and how much work it is lent to. */
interface Generation<T> {
  readonly value: T;
  loans: number;
}

/**
 * Lends the current value to work that starts now, and retires a value when it has been replaced and its last work has
 * finished.
 */
export class Generations<T> {
  readonly #onRetired: (retired: T, live: readonly T[]) => void;
  /** The values that are current or lent. */
  readonly #live = new Set<Generation<T>>();
  #current: Generation<T>;

  /** @param onRetired called with a value that is no longer used, and with those that still are */
  constructor(first: T, onRetired: (retired: T, live: readonly T[]) => void) {
    this.#onRetired = onRetired;
    this.#current = this.#begin(first);
  }

  get current(): T {
    return this.#current.value;
  }

  /** The values that are current or still lent. */
  get live(): readonly T[] {
    return [...this.#live].map(({ value }) => value);
  }

  replace(next: T): void {
    const replaced = this.#current;
    this.#current = this.#begin(next);
    this.#retireUnused(replaced);
  }

  lend<Result>(use: (current: T) => Ready<Result>): Ready<Result> {
    const lent = this.#current;
    lent.loans++;
    return endReady(
      () => use(lent.value),
      () => {
        lent.loans--;
        this.#retireUnused(lent);
      },
    );
  }

  #begin(value: T): Generation<T> {
    const generation = { value, loans: 0 };
    this.#live.add(generation);
    return generation;
  }

  #retireUnused(candidate: Generation<T>): void {
    if (candidate === this.#current || candidate.loans > 0) return;
    this.#live.delete(candidate);
    this.#onRetired(candidate.value, this.live);
  }
}
