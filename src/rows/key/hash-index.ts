import type { NumberColumn, RankedColumn, TextColumn } from '../../columns/column.ts';
import type { Pace } from '../../columns/pace.ts';
import { compareSpan, hashBytes, randomSeed } from '../../values/bytes.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { Value } from '../../values/value.ts';
import { codesEqualTo, toBytes, toInstant } from '../store/probe.ts';
import type { RowIndex } from '../store/store-cache.ts';
import type { TypedColumn } from '../store/typed-column.ts';

/** A hash index. It takes eight to twelve bytes per row. */
export class HashIndex implements RowIndex {
  readonly #parts: readonly KeyPart[];
  /** By hash: 1 + the first row of its chain, or 0 if it is empty. */
  readonly #heads: Uint32Array;
  /** By row: 1 + the next row of its chain. */
  readonly #next: Uint32Array;

  private constructor(parts: readonly KeyPart[], rowCount: number) {
    this.#parts = parts;
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, rowCount))));
    this.#next = new Uint32Array(rowCount);
  }

  get byteLength(): number {
    return this.#heads.byteLength + this.#next.byteLength;
  }

  /** Indexes all rows that have a value in every column. */
  static async build(columns: readonly TypedColumn[], rowCount: number, pace: Pace): Promise<HashIndex> {
    const seed = randomSeed();
    const index = new HashIndex(
      columns.map((column) => keyPart(column, seed)),
      rowCount,
    );
    // From the last row to the first, so that the rows of every chain ascend.
    for (let row = rowCount - 1; row >= 0; row--) {
      index.#add(row);
      if (row % 512 === 0 && pace.due) await pace.pause();
    }
    return index;
  }

  rowsOf(values: readonly (Value | null)[]): readonly number[] {
    const probes = this.#parts.map((part, i) => part.probe(values[i] ?? null));
    const known = probes.filter((probe) => probe !== undefined);
    if (known.length < probes.length) return [];
    const hash = known.reduce((sum, probe) => mix(sum, probe.hash), 0);
    const rows: number[] = [];
    for (let next = this.#heads[this.#place(hash)] ?? 0; next !== 0; next = this.#next[next - 1] ?? 0) {
      const row = next - 1;
      if (known.every((probe) => probe.equals(row))) rows.push(row);
    }
    return rows;
  }

  #add(row: number): void {
    let hash = 0;
    for (const part of this.#parts) {
      const partHash = part.hashAt(row);
      if (partHash === undefined) return;
      hash = mix(hash, partHash);
    }
    const place = this.#place(hash);
    this.#next[row] = this.#heads[place] ?? 0;
    this.#heads[place] = row + 1;
  }

  #place(hash: number): number {
    // The high bits are mixed best.
    return (hash ^ (hash >>> 15)) & (this.#heads.length - 1);
  }
}

/** Knuth's multiplicative hashing (The Art of Computer Programming, section 6.4), over the parts of a key. */
function mix(sum: number, hash: number): number {
  return Math.imul((sum ^ hash) >>> 0, 0x9e3779b1) >>> 0;
}

/** One column of a key. */
interface KeyPart {
  /** The hash of the row's value; undefined if it has none. */
  hashAt(row: number): number | undefined;
  /** Prepares a search for a value; undefined if no row has it. */
  probe(value: Value | null): Probe | undefined;
}

interface Probe {
  readonly hash: number;
  equals(row: number): boolean;
}

function keyPart({ data, type }: TypedColumn, seed: number): KeyPart {
  switch (data.encoding) {
    case 'ranked':
      return rankedPart(data, type);
    case 'number':
      return numberPart(data);
    case 'text':
      return textPart(data, seed);
  }
}

function rankedPart(column: RankedColumn, type: ValueType): KeyPart {
  const { codes } = column;
  return {
    hashAt: (row) => codes[row] || undefined,
    probe(value) {
      if (value === null) return undefined;
      const { from, to } = codesEqualTo(column, value, type);
      return from < to ? { hash: from, equals: (row) => codes[row] === from } : undefined;
    },
  };
}

function numberPart({ values }: NumberColumn): KeyPart {
  const hashOf = (value: number) => (value ^ (value / 0x100000000)) >>> 0;
  return {
    hashAt(row) {
      const value = values[row] ?? Number.NaN;
      return Number.isNaN(value) ? undefined : hashOf(value);
    },
    probe(value) {
      if (value === null) return undefined;
      const { floor, ceiling } = toInstant(value);
      return floor === ceiling ? { hash: hashOf(floor), equals: (row) => values[row] === floor } : undefined;
    },
  };
}

function textPart(column: TextColumn, seed: number): KeyPart {
  const reader = column.reader();
  return {
    hashAt: (row) =>
      reader.locate(row) ? hashBytes(reader.bytes, reader.start, reader.end, seed) : undefined,
    probe(value) {
      if (value === null) return undefined;
      const bytes = toBytes(value);
      return {
        hash: hashBytes(bytes, 0, bytes.length, seed),
        equals: (row) => reader.locate(row) && compareSpan(reader, bytes) === 0,
      };
    },
  };
}
