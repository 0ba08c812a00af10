import type { Ready } from '../columns/ready.ts';

/** Lets few requests do something at the same time. The others wait, first come, first served. */
export class FewAtOnce {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most how many at the same time */
  constructor(most: number) {
    this.#free = most;
  }

  /** A turn, which lasts until it is given back. */
  enter(): Ready<Turn> {
    if (this.#free > 0) {
      this.#free--;
      return new Turn(this.#leave);
    }
    return new Promise<void>((resume) => this.#waiting.push(resume)).then(() => new Turn(this.#leave));
  }

  /** Hands the turn to who waits for one. */
  readonly #leave = (): void => {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  };
}

/** Leave to do something. */
export class Turn {
  #leave: (() => void) | undefined;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  /** Gives it up for good, once. */
  end(): void {
    const leave = this.#leave;
    this.#leave = undefined;
    leave?.();
  }
}
