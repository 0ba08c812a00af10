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

/** Collects shapes from rows in the order of their arrival. */
export class ShapesBuilder {
  readonly #parents = new GrowingCodes();
  readonly #slots = new GrowingCodes();
  readonly #codes = new GrowingCodes();
  /** For each shape, the one by which the last row extended it, since most rows are like the one before. */
  readonly #latest: number[] = [0];
  /** For each shape, all shapes that extend it, by slot. */
  readonly #others = new Map<number, Map<number, number>>();

  constructor() {
    this.#parents.push(0);
    this.#slots.push(0);
  }

  /** The shape that extends `shape` by one slot. */
  extended(shape: number, slot: number): number {
    const latest = this.#latest[shape] ?? 0;
    if (latest !== 0 && this.#slots.at(latest) === slot) return latest;
    const others = this.#others.get(shape) ?? new Map<number, number>();
    this.#others.set(shape, others);
    const next = others.get(slot) ?? this.#learn(shape, slot);
    others.set(slot, next);
    this.#latest[shape] = next;
    return next;
  }

  /** Adds a row with this shape. */
  push(shape: number): void {
    this.#codes.push(shape);
  }

  get byteLength(): number {
    return this.#codes.byteLength;
  }

  /** @param order for each row, its position in the order of arrival */
  async finish(order: Uint32Array, pace: Pace): Promise<Shapes> {
    const count = this.#parents.length;
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

  #learn(shape: number, slot: number): number {
    const learned = this.#parents.length;
    this.#parents.push(shape);
    this.#slots.push(slot);
    this.#latest.push(0);
    return learned;
  }
}
