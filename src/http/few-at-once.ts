import type { Ready } from '../columns/ready.ts';
import { overloaded } from './http-error.ts';

/** Permits little work at the same time. The rest waits, first come, first served. */
export class FewAtOnce {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: { readonly weight: number; readonly resume: () => void }[] = [];
  #free: number;

  /**
   * @param most the sum of the weights of what is permitted at the same time
   * @param mostWaiting how much work may wait for a permit
   */
  constructor(most: number, mostWaiting = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
    this.#free = most;
  }

  /**
   * A permit, as soon as there is one.
   *
   * @param weight of the work; what is heavier than everything that is permitted has to be alone
   * @throws HttpError 503 if too much work waits
   */
  take(weight = 1): Ready<Permit> {
    const taken = Math.min(weight, this.#most);
    const permit = new Permit(taken, () => this.#giveBack(taken));
    if (this.#waiting.length === 0 && taken <= this.#free) {
      this.#free -= taken;
      return permit;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      throw overloaded(`too many large requests at once (${this.#mostWaiting} wait); retry shortly`);
    }
    return new Promise((resolve) => this.#waiting.push({ weight: taken, resume: () => resolve(permit) }));
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

  #giveBack(weight: number): void {
    this.#free += weight;
    for (let [next] = this.#waiting; next && next.weight <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.weight;
      next.resume();
    }
  }
}

/** Held until it is given back. */
export class Permit {
  readonly weight: number;
  #onEnd: (() => void) | undefined;

  constructor(weight: number, onEnd: () => void) {
    this.weight = weight;
    this.#onEnd = onEnd;
  }

  /** Leaves it to others for good; further calls do nothing. */
  giveBack(): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.();
  }
}
