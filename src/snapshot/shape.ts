import { Chunks } from '../columns/chunks.ts';
import { type Codes, GrowingCodes, newCodes } from '../columns/codes.ts';
import { type Pace, paced } from '../columns/pace.ts';

/**
 * A shape is the sequence of slots that a row fills. There are many rows but few shapes, so each row stores the number of its
 * shape. Shapes with the same beginning share it: shape `i` is shape `parents[i]` with one more slot. Shape 0 is empty.
 */
export interface Shapes {
  readonly parents: Uint32Array;
  /** The last slot of each shape. */
  readonly slots: Uint32Array;
  /** The shape of each row. */
  readonly codes: Codes;
}

/** The slots of a row, in its order. */
export function slotsOf(shapes: Shapes, row: number): number[] {
  const slots: number[] = [];
  for (let shape = shapes.codes[row] ?? 0; shape !== 0; shape = shapes.parents[shape] ?? 0) {
    slots.push(shapes.slots[shape] ?? 0);
  }
  return slots.reverse();
}

/** The bytes that a shape takes while it is built: its four numbers. */
const shapeBytes = 4 * Uint32Array.BYTES_PER_ELEMENT;

/** Collects shapes from rows in the order of their arrival. */
export class ShapesBuilder {
  readonly #parents = newNumbers();
  readonly #slots = newNumbers();
  readonly #codes = new GrowingCodes();
  /** For each shape, the one by which the last row extended it, since most rows are like the one before. */
  readonly #latest = newNumbers();
  /** For each shape, the next one that extends the same one by another slot; the last is followed by the first. */
  readonly #siblings = newNumbers();
  #count = 1;

  /** The shape that extends `shape` by one slot. */
  extended(shape: number, slot: number): number {
    const latest = this.#latest.at(shape);
    if (latest === 0) return this.#learn(shape, slot, undefined);
    let next = latest;
    do {
      if (this.#slots.at(next) === slot) {
        if (next !== latest) this.#latest.put(shape, next);
        return next;
      }
      next = this.#siblings.at(next);
    } while (next !== latest);
    return this.#learn(shape, slot, latest);
  }

  /** Adds a row with this shape. */
  push(shape: number): void {
    this.#codes.push(shape);
  }

  get byteLength(): number {
    return this.#codes.byteLength + shapeBytes * this.#count;
  }

  /** @param order for each row, its position in the order of arrival */
  async finish(order: Uint32Array, pace: Pace): Promise<Shapes> {
    const count = this.#count;
    const parents = new Uint32Array(count);
    const slots = new Uint32Array(count);
    await paced(count, pace, (shape) => {
      parents[shape] = this.#parents.at(shape);
      slots[shape] = this.#slots.at(shape);
    });
    const codes = newCodes(order.length, count - 1);
    await paced(order.length, pace, (row) => {
      codes[row] = this.#codes.at(order[row] ?? 0);
    });
    return { parents, slots, codes };
  }

  /** @param sibling another shape that extends the same one */
  #learn(shape: number, slot: number, sibling: number | undefined): number {
    const learned = this.#count++;
    this.#parents.put(learned, shape);
    this.#slots.put(learned, slot);
    this.#siblings.put(learned, sibling === undefined ? learned : this.#siblings.at(sibling));
    if (sibling !== undefined) this.#siblings.put(sibling, learned);
    this.#latest.put(shape, learned);
    return learned;
  }
}

function newNumbers(): Chunks<Uint32Array> {
  return new Chunks((length) => new Uint32Array(length));
}
