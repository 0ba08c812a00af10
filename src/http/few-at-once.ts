import type { Ready } from '../columns/ready.ts';

/** Permits few requests to do something at the same time. The others wait, first come, first served. */
export class FewAtOnce {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most how many permits there are */
  constructor(most: number) {
    this.#free = most;
  }

  /** A permit, as soon as there is one. */
  take(): Ready<Permit> {
    if (this.#free > 0) {
      this.#free--;
      return new Permit(this.#pass);
    }
    return new Promise<void>((resume) => this.#waiting.push(resume)).then(() => new Permit(this.#pass));
  }

  /** Does the work as soon as there is a permit for it, which it holds until it has ended. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const permit = await this.take();
    try {
      return await work();
    } finally {
      permit.giveBack();
    }
  }

  /** Hands a permit to who waits for one. */
  readonly #pass = (): void => {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  };
}

/** Held until it is given back. */
export class Permit {
  #pass: (() => void) | undefined;

  constructor(pass: () => void) {
    this.#pass = pass;
  }

  /** Leaves it to others for good; further calls do nothing. */
  giveBack(): void {
    const pass = this.#pass;
    this.#pass = undefined;
    pass?.();
  }
}
