import type { ArenaColumn } from './arena-column.ts';
import type { TextColumn, TextReader } from './column.ts';
import type { Presence } from './presence.ts';
import type { UuidColumn } from './uuid-column.ts';

/** Text with NULLs: only the values are stored, in row order. */
export class NullableColumn implements TextColumn {
  readonly encoding = 'text';
  readonly length: number;
  readonly presence: Presence;
  /** One row for each value. */
  readonly values: ArenaColumn | UuidColumn;

  constructor(length: number, presence: Presence, values: ArenaColumn | UuidColumn) {
    this.length = length;
    this.presence = presence;
    this.values = values;
  }

  get(row: number): string | null {
    return this.presence.has(row) ? this.values.get(this.presence.rank(row)) : null;
  }

  isNull(row: number): boolean {
    return !this.presence.has(row);
  }

  reader(): TextReader {
    return new NullableReader(this.presence, this.values.reader());
  }
}

class NullableReader implements TextReader {
  readonly #presence: Presence;
  readonly #values: TextReader;

  /** @param values reads values by their index among those that are present */
  constructor(presence: Presence, values: TextReader) {
    this.#presence = presence;
    this.#values = values;
  }

  get bytes(): Uint8Array {
    return this.#values.bytes;
  }

  get words(): DataView {
    return this.#values.words;
  }

  get start(): number {
    return this.#values.start;
  }

  get end(): number {
    return this.#values.end;
  }

  locate(row: number): boolean {
    return this.#presence.has(row) && this.#values.locate(this.#presence.rank(row));
  }
}
