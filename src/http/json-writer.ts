import type { Pace } from '../columns/pace.ts';
import { isTurnSpent } from '../columns/turn.ts';
import { ExactNumber, InexactJsonError } from '../values/number/exact-number.ts';
import { type AnswerMeter, smallAnswer } from './answer-meter.ts';

/** Serializes a result as JSON, in pieces, so that a large one does not block the event loop. */
export async function writeJson(
  result: unknown,
  pace: Pace,
  meter: AnswerMeter,
): Promise<string | readonly Uint8Array[]> {
  const isShort = meter.built <= smallAnswer && !isTurnSpent();
  const text = isShort ? tryStringify(result) : undefined;
  if (text !== undefined) {
    meter.write(text.length);
    return text;
  }
  return new JsonWriter(pace, meter).write(result);
}

/** Undefined if the result contains numbers that do not fit into a `number`. */
function tryStringify(result: unknown): string | undefined {
  try {
    return JSON.stringify(result);
  } catch (error) {
    if (error instanceof InexactJsonError) return undefined;
    throw error;
  }
}

/** The number of characters that are collected before they are encoded. */
const pieceLength = 64 * 1024;
/** The number of values that are written between two checks of the clock. */
const stride = 256;

/** A list or an object that is being written. */
interface Frame {
  /** The values of a list, or of an object in the order of its names. */
  readonly values: readonly unknown[];
  /** The names of an object's members; undefined for a list. */
  readonly names: readonly string[] | undefined;
  next: number;
}

class JsonWriter {
  readonly #pace: Pace;
  readonly #meter: AnswerMeter;
  readonly #pieces: Buffer[] = [];
  #text = '';

  constructor(pace: Pace, meter: AnswerMeter) {
    this.#pace = pace;
    this.#meter = meter;
  }

  /** @throws the signal's reason if the request has ended */
  async write(value: unknown): Promise<readonly Buffer[]> {
    const stack: Frame[] = [];
    let written = 0;
    this.#open(value, stack);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      this.#step(frame, stack);
      if (this.#text.length >= pieceLength) this.#flush();
      if (++written % stride === 0 && this.#pace.due) await this.#pace.pause();
    }
    this.#flush();
    return this.#pieces;
  }

  /** Writes the next value of a frame, or its end. */
  #step(frame: Frame, stack: Frame[]): void {
    const { values, names } = frame;
    const at = frame.next++;
    if (at === values.length) {
      this.#text += names ? '}' : ']';
      stack.pop();
      return;
    }
    if (at > 0) this.#text += ',';
    if (names) this.#text += `${JSON.stringify(names[at])}:`;
    this.#open(values[at], stack);
  }

  #open(value: unknown, stack: Frame[]): void {
    if (typeof value !== 'object' || value === null) this.#text += JSON.stringify(value ?? null);
    else if (value instanceof ExactNumber) this.#text += value.digits;
    else if (Array.isArray(value)) {
      this.#text += '[';
      stack.push({ values: value, names: undefined, next: 0 });
    } else {
      this.#text += '{';
      const entries = Object.entries(value).filter(([, field]) => field !== undefined);
      stack.push({
        values: entries.map(([, field]) => field),
        names: entries.map(([name]) => name),
        next: 0,
      });
    }
  }

  #flush(): void {
    const piece = Buffer.from(this.#text);
    this.#text = '';
    this.#meter.write(piece.length);
    if (piece.length > 0) this.#pieces.push(piece);
  }
}
