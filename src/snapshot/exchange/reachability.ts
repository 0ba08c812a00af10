import { messageOf } from '../../errors.ts';
/** A step in sharing scans. */
export type SharingStep = 'look' | 'load' | 'lease' | 'publish';

/**
 * Whether scans can be shared now. Steps succeed or fail independently: a read-only database answers every look.
 */
export class Reachability {
  readonly #failing = new Set<SharingStep>();
  readonly #tell: (message: string) => void;

  /** @param tell receives a message for operators when sharing becomes impossible, and when it is possible again */
  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  get isReachable(): boolean {
    return this.#failing.size === 0;
  }

  /** Whether the last attempt of one of these steps failed. */
  isFailing(...steps: readonly SharingStep[]): boolean {
    return steps.some((step) => this.#failing.has(step));
  }

  succeeded(...steps: readonly SharingStep[]): void {
    const wasReachable = this.isReachable;
    for (const step of steps) this.#failing.delete(step);
    if (!wasReachable && this.isReachable) this.#tell('scans are shared again');
  }

  failed(step: SharingStep, error: unknown): void {
    const wasReachable = this.isReachable;
    this.#failing.add(step);
    if (!wasReachable) return;
    this.#tell(`scans cannot be shared (${messageOf(error)}); this gateway scans by itself when it has to`);
  }
}
