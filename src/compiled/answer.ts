import type { Buffer } from 'node:buffer';
import type { Pace } from '../columns/pace.ts';
import { ByteWriter } from './byte-writer.ts';

/** Bytes after which an answer looks at the clock, and puts aside what has been written. */
const stepBytes = 16 * 1024;
const pieceBytes = 256 * 1024;

/** Writers that wait for the next answer; those that have grown large are left to the garbage collector. */
const idle: ByteWriter[] = [];
const mostIdle = 8;

/** Counts the bytes of one answer. */
export interface AnswerMeter {
  /** @throws where the answer grows too large, which ends the request */
  write(bytes: number): void;
}

/** The bytes of one answer while they are being written. */
export class Answer {
  readonly out: ByteWriter;
  readonly #pace: Pace;
  readonly #meter: AnswerMeter;
  readonly #pieces: Buffer[] = [];
  #metered = 0;
  #nextStep = stepBytes;

  /**
   * @param pace whose signal ends the writing
   * @param meter counts what is written
   */
  constructor(pace: Pace, meter: AnswerMeter) {
    this.out = idle.pop() ?? new ByteWriter();
    this.#pace = pace;
    this.#meter = meter;
  }

  /** Whether enough has been written since the last step. */
  get due(): boolean {
    return this.out.length >= this.#nextStep;
  }

  /** Sees to it that the answer neither grows too large nor holds the event loop. */
  async step(): Promise<void> {
    this.#count();
    if (this.out.length >= pieceBytes) this.#putAside();
    this.#nextStep = this.out.length + stepBytes;
    if (this.#pace.due) await this.#pace.pause();
  }

  #count(): void {
    const bytes = this.out.length - this.#metered;
    this.#metered = this.out.length;
    this.#meter.write(bytes);
  }

  #putAside(): void {
    this.#pieces.push(this.out.take());
    this.#metered = 0;
  }

  /** The whole answer, in pieces. Nothing may be written after it. */
  finish(): readonly Buffer[] {
    this.#count();
    const last = this.out.take();
    this.release();
    return [...this.#pieces, last];
  }

  /** Gives the writer to other answers. Nothing may be written after it. */
  release(): void {
    this.out.length = 0;
    if (idle.length < mostIdle && this.out.bytes.length <= 2 * pieceBytes) idle.push(this.out);
  }
}
