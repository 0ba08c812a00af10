import type { Ready } from './ready.ts';
import { isTurnSpent, nextLoopTurn } from './turn.ts';

/** How a loop yields to the event loop. */
export interface PaceOptions {
  /** How long the loop may run between two pauses, in milliseconds. */
  readonly sliceMs?: number;
  /** Aborts the loop at its next pause. Read only when it is needed: a signal may cost more than a short loop. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps a long loop from blocking the event loop: the loop checks `due` every few hundred items, and awaits `pause()` if
 * it is.
 *
 * The loops of one request may share a pace, because only one of them runs at a time.
 *
 * All paced loops of the process take turns. Each turn of the event loop resumes one of them, and all that run in one
 * turn share its time, so that many concurrent loops delay other work no longer than one does. Those that have run for long
 * wait for each other, and not the others for them.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #sliceMs: number;
  #sliceEnd: number;
  #slices = 1;

  constructor(options: PaceOptions = {}) {
    this.#options = options;
    this.#sliceMs = options.sliceMs ?? 5;
    this.#sliceEnd = performance.now() + this.#sliceMs;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Whether the time slice, or the turn of the event loop, is used up. Reads the clock, which takes about 50 ns. */
  get due(): boolean {
    const now = performance.now();
    return now >= this.#sliceEnd || isTurnSpent(now);
  }

  /**
   * Lets the event loop do other work, then starts the next slice.
   *
   * @throws the signal's reason if it has been aborted
   */
  async pause(): Promise<void> {
    // Read before the wait, which it may forbid.
    const { signal } = this;
    await nextLoopTurn(this.#slices++);
    // Work that has been aborted has a slice too, to end in.
    this.#sliceEnd = performance.now() + this.#sliceMs;
    signal?.throwIfAborted();
  }
}

/** Work that can be interrupted after each of its steps, and results in a `T`. */
export type Steps<T> = Generator<void, T, void>;

/** Runs the steps, pausing between them when a pause is due. */
export async function takeSteps<T>(steps: Steps<T>, pace: Pace): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.due) await pace.pause();
  }
}

/** The same at once, if the steps take no longer than a slice. */
export function takeReadySteps<T>(steps: Steps<T>, pace: Pace): Ready<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.due) return pace.pause().then(() => takeSteps(steps, pace));
  }
}

/** Runs all steps at once: for work that is known to be small. */
export function takeAllSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How many items are processed between two checks of the clock. */
const stride = 512;

/** How many bytes are copied between two checks of the clock, which takes some tens of microseconds. */
const strideBytes = 1 << 18;

/** As `paced`, for items that may be large. @param act returns how many bytes it has copied */
export async function pacedByBytes(count: number, pace: Pace, act: (index: number) => number): Promise<void> {
  let done = 0;
  for (let index = 0; index < count; index++) {
    done += act(index) + strideBytes / stride;
    if (done < strideBytes) continue;
    done = 0;
    if (pace.due) await pace.pause();
  }
}

/** Calls `act` with 0 to `count - 1`, pausing when a pause is due. */
export async function paced(count: number, pace: Pace, act: (index: number) => void): Promise<void> {
  for (let from = 0; from < count; from += stride) {
    const to = Math.min(from + stride, count);
    for (let index = from; index < to; index++) act(index);
    if (pace.due) await pace.pause();
  }
}
