import type { NumberColumn, RankedColumn, TextColumn, TextReader } from '../columns/column.ts';
import { NullableColumn } from '../columns/nullable-column.ts';
import { UuidColumn } from '../columns/uuid-column.ts';
import type { Column } from '../model/model.ts';
import { servesText } from '../rows/store/read-value.ts';
import { servesMilliseconds } from '../rows/store/typed-column.ts';
import type { TableView } from '../rows/store/view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { ReadyBytes } from './ready-bytes.ts';

/** Writes one value of each row as JSON. */
export interface ValueWriter {
  /** @throws the error of reading the value */
  write(out: ByteWriter, row: number): void;
}

/** The JSON of a row's value, for values that a writer cannot copy as they are stored. */
export type JsonOf = (row: number) => string;

/**
 * Creates a writer of a column's values. If the stored bytes are those of the JSON string, it copies them; if many rows share a
 * value, it encodes that once; other values are encoded by `jsonOf`.
 *
 * @param jsonOf the JSON of any row's value; for texts, UUIDs and instants a string, as their type prints it
 */
export function columnWriter(view: TableView, { origin, type }: Column, jsonOf: JsonOf): ValueWriter {
  const stored = origin.kind === 'attributes' ? undefined : view.store.column(origin);
  if (!stored) return new ComputedWriter(jsonOf);
  switch (stored.encoding) {
    case 'ranked':
      return stored.values.length <= mostPrewritten
        ? new PrewrittenWriter(stored, jsonOf)
        : new ComputedWriter(jsonOf);
    case 'number':
      return servesMilliseconds(type)
        ? new InstantWriter(stored, type.kind === 'timestamptz' ? '+00:00' : '', jsonOf)
        : new ComputedWriter(jsonOf);
    case 'text':
      return servesText(type) || (type.kind === 'uuid' && holdsUuids(stored))
        ? new TextWriter(stored)
        : new ComputedWriter(jsonOf);
  }
}

/** The maximum number of distinct values of a column that are kept as bytes. */
const mostPrewritten = 1_024;

function holdsUuids(column: TextColumn): boolean {
  return (column instanceof NullableColumn ? column.values : column) instanceof UuidColumn;
}

class TextWriter implements ValueWriter {
  readonly #reader: TextReader;

  constructor(column: TextColumn) {
    this.#reader = column.reader();
  }

  write(out: ByteWriter, row: number): void {
    const reader = this.#reader;
    if (reader.locate(row)) out.string(reader);
    else out.null();
  }
}

class PrewrittenWriter implements ValueWriter {
  readonly #codes: RankedColumn['codes'];
  readonly #jsonOf: JsonOf;
  readonly #written: (ReadyBytes | undefined)[] = [];

  constructor({ codes }: RankedColumn, jsonOf: JsonOf) {
    this.#codes = codes;
    this.#jsonOf = jsonOf;
  }

  write(out: ByteWriter, row: number): void {
    const code = this.#codes[row] ?? 0;
    let written = this.#written[code];
    if (!written) {
      written = new ReadyBytes(this.#jsonOf(row));
      this.#written[code] = written;
    }
    out.raw(written);
  }
}

class InstantWriter implements ValueWriter {
  readonly #values: Float64Array;
  readonly #zone: ReadyBytes;
  readonly #jsonOf: JsonOf;

  constructor({ values }: NumberColumn, zone: string, jsonOf: JsonOf) {
    this.#values = values;
    this.#zone = new ReadyBytes(zone);
    this.#jsonOf = jsonOf;
  }

  write(out: ByteWriter, row: number): void {
    if (!out.instant(this.#values[row] ?? Number.NaN, this.#zone)) out.text(this.#jsonOf(row));
  }
}

/** Reads and encodes the value of each row. */
export class ComputedWriter implements ValueWriter {
  readonly #jsonOf: JsonOf;

  constructor(jsonOf: JsonOf) {
    this.#jsonOf = jsonOf;
  }

  write(out: ByteWriter, row: number): void {
    out.text(this.#jsonOf(row));
  }
}

/** Writes the same bytes for every row. */
export class ConstantWriter implements ValueWriter {
  readonly #bytes: ReadyBytes;

  constructor(json: string) {
    this.#bytes = new ReadyBytes(json);
  }

  write(out: ByteWriter): void {
    out.raw(this.#bytes);
  }
}
