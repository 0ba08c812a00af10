import type { Buffer } from 'node:buffer';
import type { Pace } from '../columns/pace.ts';
import { ByteWriter } from './byte-writer.ts';

/** The bytes after which an answer looks at the clock, and those after which it starts another piece. */
const stepBytes = 16 * 1024;
const pieceBytes = 256 * 1024;

/** Writers that can be reused. Those that have grown large are left to the garbage collector. */
const idle: ByteWriter[] = [];
const mostIdle = 8;

/** Counts the bytes of one answer. */
export interface AnswerMeter {
  /** @throws QueryTooComplexError if the answer grows too large, which ends the request */
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
   * @param pace of the request, whose signal aborts the writing
   * @param meter counts the written bytes
   */
  constructor(pace: Pace, meter: AnswerMeter) {
    this.out = idle.pop() ?? new ByteWriter();
    this.#pace = pace;
    this.#meter = meter;
  }

  /** Whether enough has been written for another step. */
  get due(): boolean {
    return this.out.length >= this.#nextStep;
  }

  /** Makes sure that the answer neither grows too large nor blocks the event loop. */
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

  /** The complete answer, in pieces. Nothing may be written afterwards. */
  finish(): readonly Buffer[] {
    this.#count();
    const last = this.out.take();
    this.release();
    return [...this.#pieces, last];
  }

  /** Releases the writer for other answers. Nothing may be written afterwards. */
  release(): void {
    this.out.length = 0;
    if (idle.length < mostIdle && this.out.bytes.length <= 2 * pieceBytes) idle.push(this.out);
  }
}
